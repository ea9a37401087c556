"""What is known of the versions of each program, one file each, each entry with where it is said."""
