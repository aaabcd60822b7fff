"""Follow-through: what is right for the student's own wrong functions."""
