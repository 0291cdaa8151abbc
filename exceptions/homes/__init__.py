"""Where each person's day begins: the homes, the measures, and the charts they share."""
