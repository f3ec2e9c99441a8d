"""The authorisation server's endpoints for programs; its pages for people are an app."""
