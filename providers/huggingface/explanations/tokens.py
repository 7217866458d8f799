"""Sentences about tokens, and about the accounts behind them."""

from providers.huggingface.explanations.explanation import Explanation, _

TEXTS: dict[str, Explanation] = {
    "token_malformed": Explanation(
        _("This is not an access token"),
        _("An access token is one word of plain letters and digits that starts with hf_."),
        _("Copy the token again from Hugging Face, without spaces or line breaks around it."),
    ),
    "token_organization": Explanation(
        _("Organization tokens are not accepted"),
        _("Tokens that start with api_org_ are refused by Hugging Face's current interfaces."),
        _("Make a fine-grained user token with permissions on the organization and use that."),
    ),
    "token_rejected": Explanation(
        _("Hugging Face does not accept this token"),
        _("The token is unknown to Hugging Face: it was mistyped, deleted, revoked or expired."),
        _("Make a new token on Hugging Face and replace this one."),
    ),
    "token_rejected_once": Explanation(
        _("Hugging Face rejected this token just now"),
        _(
            "It was good before, so this may be a disturbance at Hugging Face: it is asked again "
            "at %(time)s, and what is known of the token stays until that is settled."
        ),
        _("Wait for the next answer. If you know that it was revoked, replace it."),
    ),
    "token_expired": Explanation(
        _("This token has expired"),
        _("Hugging Face says that the token is past its expiry date."),
        _("Make a new token on Hugging Face and replace this one."),
    ),
    "token_undecryptable": Explanation(
        _("The stored token cannot be read"),
        _("It was encrypted with a key that this installation does not have, or it was damaged."),
        _("Enter the token again, or restore the missing key in HFADMIN_SECRET_KEYS."),
    ),
    "token_deleted": Explanation(
        _("The token is no longer stored here"),
        _("Somebody deleted it from this organization, so nothing was sent to Hugging Face."),
        _("Choose another token, or have an administrator add it again."),
    ),
    "values_undecryptable": Explanation(
        _("The variables and secrets that were entered cannot be read"),
        _(
            "They were encrypted with a key that this installation does not have any more. "
            "Nothing was sent."
        ),
        _("Enter them again."),
    ),
    "forbidden": Explanation(
        _("This call was refused"),
        _("%(who)s refused it: the token may not do this."),
        _("Read the answer below and check the token's permissions on Hugging Face."),
    ),
    "forbidden engine": Explanation(
        _("The endpoint refused this call"),
        _(
            "%(who)s refused it: the token may not call the endpoint, or the engine asks for a key "
            "of its own, which hfadmin does not send."
        ),
        _(
            "Read the answer below. Check the token's permissions on Hugging Face, or run the "
            "container without a key of its own."
        ),
    ),
    "missing_permission": Explanation(
        _("The token lacks a permission"),
        _("This call needs %(permission)s, which the token does not have here."),
        _("Tick this permission for the token on Hugging Face, or choose another token."),
    ),
    "missing_permission everywhere": Explanation(
        _("No token here has %(permission)s on %(namespace)s"),
        _("It takes this permission, and none of the tokens stored here has it there."),
        _("Tick it for one of the tokens on Hugging Face, or add a token that has it."),
    ),
    "policy_fine_grained_only": Explanation(
        _("The organization only admits fine-grained tokens"),
        _("Its token policy refuses tokens of the roles read and write."),
        _("Make a fine-grained token with permissions on the organization and use that."),
    ),
    "policy_pending": Explanation(
        _("The organization has not approved this token"),
        _("Its token policy asks for an approval that is still pending, or that was denied."),
        _("Ask an administrator of the organization on Hugging Face to approve the token."),
    ),
    "policy_revoked": Explanation(
        _("The organization has revoked this token"),
        _("An administrator of the organization on Hugging Face withdrew the token's access."),
        _("Ask that administrator, or make a new token and have it approved."),
    ),
    # Money and membership
    "payment_required": Explanation(
        _("A payment method is missing"),
        _("Hugging Face asks for a payment method on %(namespace)s before it does this."),
        _("Add one in the billing settings of %(namespace)s on Hugging Face."),
    ),
    "credits_exhausted": Explanation(
        _("The inference credits are used up"),
        _("By its answer, the account that pays for this call has no credits left in this period."),
        _("Add credits on Hugging Face, wait for the next period, or bill an organization."),
    ),
    "credits_exhausted endpoint": Explanation(
        _("The account has no credits left"),
        _("Hugging Face starts nothing for %(namespace)s, because its credits are used up."),
        _("Add credits in the billing settings of %(namespace)s on Hugging Face, then try again."),
    ),
    "not_a_member nobody": Explanation(
        _("No access token sees this namespace"),
        _("None of the tokens that are kept here sees %(namespace)s."),
        _("Add a token of somebody who is a member of it."),
    ),
    "not_a_member": Explanation(
        _("The token cannot see this namespace"),
        _(
            "Hugging Face does not show %(namespace)s to this token: its owner is not a member, "
            "has too low a role, or the namespace has no billing."
        ),
        _("Check the spelling and the owner's membership, or choose another token."),
    ),
    "namespace_not_found": Explanation(
        _("There is no such user or organization"),
        _("Hugging Face knows no user or organization named %(namespace)s."),
        _("Check the spelling: it is the name in the address of the profile page."),
    ),
    "quota_exceeded": Explanation(
        _("The quota is used up"),
        _("%(namespace)s may not use more of this hardware at the same time."),
        _("Pause or delete an endpoint on the same hardware, or ask Hugging Face for more quota."),
    ),
}
