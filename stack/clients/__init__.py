"""One typed face per tool or server we drive."""
