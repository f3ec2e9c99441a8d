"""The OpenID providers: one for citizens, as NHS login behaves; one for staff, shaped like CIS2."""
