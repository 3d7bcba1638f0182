"""Keeps the device's store in step with a relay. Never Qt, never the relay's own code."""
