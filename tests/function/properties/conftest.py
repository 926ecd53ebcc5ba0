"""The properties are tried as hard as the profile says."""

from hypothesis import settings

from tests.function.properties.profile import PROFILE

settings.load_profile(PROFILE)
