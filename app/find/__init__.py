"""Find and replace: pure search and deltas, a finder that keeps hits in step, the bar."""
