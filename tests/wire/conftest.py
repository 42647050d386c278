from hypothesis import HealthCheck, settings

# How fast a machine is says nothing about whether the code is right.
settings.register_profile("wire", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wire")
