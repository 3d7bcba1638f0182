"""The device's SQLite: every change is here before it is anywhere else."""
