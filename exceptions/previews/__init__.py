"""What a change would do to the queue, shown before it is made."""
