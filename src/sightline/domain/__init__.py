"""What the words mean: plain data and pure rules. No I/O; imports nothing of ours."""
