"""What went wrong in Inkstand itself: noted on this device, for the person to copy, never sent."""
