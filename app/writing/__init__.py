"""What helps a writer keep going: words counted, a goal for the day, less to look at."""
