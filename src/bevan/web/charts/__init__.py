"""Charts drawn on the server as SVG: classes and no styles, as the strict policy asks."""
