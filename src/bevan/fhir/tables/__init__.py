"""Tables: HL7's (generated JSON) and our own."""
