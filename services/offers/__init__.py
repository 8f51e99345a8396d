"""Employers, offers and their 15-day life, applications, agenda."""
