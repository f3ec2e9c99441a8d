"""Programs that act for people or by themselves: SMART App Launch 2.2 over OAuth 2.0."""
