"""What Practicum tells about itself: metrics and logs."""
