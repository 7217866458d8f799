"""`{% load endpoints %}`: what is said of an endpoint's state."""

from django import template

from providers.endpoints import words

register = template.Library()

register.filter("said", words.said)
register.filter("is_our_own", words.is_our_own)
