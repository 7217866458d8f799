from django.contrib.auth.middleware import LoginRequiredMiddleware


class SignInRequired(LoginRequiredMiddleware):
    """Every view asks for a sign-in unless it is marked with `login_not_required`."""
