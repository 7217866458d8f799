"""`{% load endpoints %}`: what is said of an endpoint's state, and the cells of the inventory."""

from django import template
from django.template import Context, Node
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString

from providers.endpoints import messages

register = template.Library()

register.filter("said", messages.said)
register.filter("is_our_own", messages.is_our_own)


@register.tag
def cell(parser: Parser, token: Token) -> "CellNode":
    """`{% cell template %}`: a cell's template, rendered in the row's own context. An include would
    make another context for each, and a simple tag escape what is escaped."""
    _name, found = token.split_contents()
    return CellNode(parser.compile_filter(found))


class CellNode(Node):
    def __init__(self, found: FilterExpression) -> None:
        self.found = found

    def render(self, context: Context) -> SafeString:
        return SafeString(self.found.resolve(context).nodelist.render(context).strip())
