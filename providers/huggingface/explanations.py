"""The sentences behind every kind of failure: English msgids, filled by `%(name)s`.

They are marked for gettext here and translated where they are shown, because this package knows
no Django.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    title: str
    what: str
    remedy: str


def _(text: str) -> str:
    return text


# Why an address cannot be used: what `reason` stands for in the sentences of url_invalid.
REASONS: dict[str, str] = {
    "empty": _("it is empty"),
    "long": _("it is longer than any endpoint's address"),
    "characters": _("it holds characters that do not belong into an address"),
    "form": _("it is not complete"),
    "scheme": _("it does not start with https://"),
    "credentials": _("it holds a user name or a password"),
    "port": _("it names a port"),
    "path": _("it names a path that endpoints do not have"),
    "number": _("it is a network address and not a host name"),
    "private": _("it is a name within a private network"),
    "lookalike": _("it resembles a host of Hugging Face and is none"),
    "page": _("it is a page or an interface of Hugging Face and not an endpoint"),
}

# By kind; by kind and reason where that calls for other sentences.
EXPLANATIONS: dict[str, Explanation] = {
    # The token
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
    "forbidden": Explanation(
        _("Hugging Face refused this call"),
        _("The token may not do this."),
        _("Read the answer below and check the token's permissions on Hugging Face."),
    ),
    "missing_permission": Explanation(
        _("The token lacks a permission"),
        _("This call needs %(permission)s, which the token does not have here."),
        _("Tick this permission for the token on Hugging Face, or choose another token."),
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
        _("The account that pays for this call has no credits left in this period."),
        _("Add credits on Hugging Face, wait for the next period, or bill an organization."),
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
    # Models
    "model_not_found": Explanation(
        _("Model not found"),
        _("%(repository)s does not exist on the Hub, or is private and hidden from this token."),
        _("Check the spelling (owner/name). A private model needs a token that may read it."),
    ),
    "model_gated": Explanation(
        _("The model is gated"),
        _("The owners of %(repository)s ask everybody to request access first."),
        _(
            "Request access on the model's page with the token's account, and allow the token to "
            "read gated repositories."
        ),
    ),
    "model_wrong_type": Explanation(
        _("The model is of another type"),
        _("%(repository)s is made for %(task)s, which does not fit the chosen model type."),
        _("Choose the other model type, or another model."),
    ),
    "model_not_served": Explanation(
        _("No provider serves this model"),
        _("No inference provider offers %(repository)s for this task at the moment."),
        _("Choose a model with a live provider, or deploy it on an Inference Endpoint."),
    ),
    "model_not_served elsewhere": Explanation(
        _("No provider that can be called serves this model"),
        _("For this task only hf-inference can be called, and %(repository)s is at %(providers)s."),
        _("Choose a model that hf-inference serves, or deploy it on an Inference Endpoint."),
    ),
    "model_not_served provider": Explanation(
        _("That provider does not serve this model"),
        _("%(repository)s is not live at %(provider)s. It is served by %(providers)s."),
        _("Put one of these after the colon, or leave the provider out."),
    ),
    "model_exists": Explanation(
        _("This model is already set up"),
        _("%(name)s was set up in the same way while it was being checked."),
        _("Open the one that is there, or change the name or the endpoint."),
    ),
    "model_changed": Explanation(
        _("Somebody else changed this model"),
        _("It was saved by %(by)s while your checks ran, so your version was not saved over it."),
        _("Your entries are below. Save again to put them in place of the other ones."),
    ),
    "model_deleted": Explanation(
        _("The model was deleted meanwhile"),
        _("Somebody deleted it while your checks ran, so nothing was saved."),
        _("Your entries are below. Save again to set it up anew."),
    ),
    "repository_renamed": Explanation(
        _("The repository has a new name"),
        _("%(repository)s is now called %(new_name)s."),
        _("Use the new name."),
    ),
    "repository_mismatch": Explanation(
        _("The endpoint serves another model"),
        _("The endpoint at this address does not serve %(repository)s."),
        _("Use the name of the repository that is deployed there, or choose another endpoint."),
    ),
    # Asking the management API
    "rate_limited": Explanation(
        _("Too many requests"),
        _("Hugging Face limits how often this may be asked, and the limit is reached."),
        _("Nothing is to be done: hfadmin waits as long as it was told and asks again."),
    ),
    "name_taken": Explanation(
        _("The name is taken"),
        _("%(namespace)s already has an endpoint named %(name)s."),
        _("Choose another name."),
    ),
    "bad_request": Explanation(
        _("Hugging Face did not accept the request"),
        _("The request was understood, but something in it is not valid."),
        _("Read the answer below, correct the value that it names and try again."),
    ),
    "already_running": Explanation(
        _("The endpoint is already running"),
        _("It cannot be resumed, because it is not paused."),
        _("Nothing is to be done."),
    ),
    "hardware_not_found": Explanation(
        _("This hardware is not offered"),
        _("Hugging Face does not know this instance in this region."),
        _("Choose hardware from the list that Hugging Face offers now."),
    ),
    "endpoint_not_found": Explanation(
        _("Endpoint not found"),
        _("There is no endpoint %(name)s in %(namespace)s, or the token cannot see it."),
        _("Check the name and the namespace; the endpoint may have been deleted."),
    ),
    "endpoint_moved": Explanation(
        _("The endpoint has another address"),
        _(
            "%(namespace)s/%(name)s was made anew: it runs %(deployed)s and answers at %(host)s, "
            "no longer at the address of this model."
        ),
        _("Use the new address, or choose another endpoint."),
    ),
    "endpoint_serves_other": Explanation(
        _("This endpoint runs another model"),
        _("At this address %(namespace)s has deployed %(deployed)s, not %(repository)s."),
        _(
            "Enter an embedding model under the name of the repository that is deployed, or "
            "choose another endpoint."
        ),
    ),
    "task_mismatch": Explanation(
        _("The endpoint has another task"),
        _("%(repository)s is deployed there for %(fitting)s, and %(task)s is chosen here."),
        _("Choose the task that is deployed, or another endpoint."),
    ),
    "conflict": Explanation(
        _("It was changed at the same time"),
        _("Hugging Face refused the change, because another one was under way."),
        _("Look at the current state and try again."),
    ),
    # Calling a deployed endpoint
    "endpoint_asleep": Explanation(
        _("The endpoint is asleep"),
        _("It is scaled to zero. A call would wake it, and from then on it costs money."),
        _("Use Wake and verify when you want it to start."),
    ),
    "endpoint_paused": Explanation(
        _("The endpoint is paused"),
        _("A paused endpoint answers no calls and costs nothing."),
        _("Resume it when you want to use it."),
    ),
    "endpoint_not_ready": Explanation(
        _("The endpoint is not ready"),
        _("It has no replica that could answer at the moment."),
        _("Wait until its state is running and check again."),
    ),
    "endpoint_failed": Explanation(
        _("The endpoint has failed"),
        _("Hugging Face could not start it: %(message)s"),
        _("Look at its logs on Hugging Face, correct its settings and deploy it again."),
    ),
    "endpoint_loading": Explanation(
        _("The model is loading"),
        _("The model is being loaded and will answer soon."),
        _("Check again in a minute."),
    ),
    "url_invalid": Explanation(
        _("This address cannot be used"),
        _("It cannot be an endpoint's address: %(reason)s."),
        _("Copy the Endpoint URL from the endpoint's page on Hugging Face."),
    ),
    "url_not_listed": Explanation(
        _("This address is not one of the token's endpoints"),
        _("Hugging Face did not list %(host)s for this token, so the token was not sent there."),
        _("Choose an endpoint from the list, or have an administrator confirm the address."),
    ),
    "url_old_api": Explanation(
        _("This address is no longer in use"),
        _("api-inference.huggingface.co was replaced by inference providers and does not answer."),
        _("Choose Hosted Inference API as the endpoint type and give the model's name."),
    ),
    "url_console": Explanation(
        _("This is the address of the console"),
        _("It is the page on which %(name)s is managed, not the address that answers calls."),
        _("Choose the endpoint from the list, or copy the Endpoint URL from that page."),
    ),
    "no_chat_route": Explanation(
        _("The endpoint has no chat route"),
        _("Its engine answers text generation, but not chat completions."),
        _("Use it for text generation, or deploy the model with an engine that offers chat."),
    ),
    "no_route": Explanation(
        _("The endpoint does not answer this kind of call"),
        _("Its engine has no route for the chosen model type and task."),
        _("Check Model Type and Task against what is deployed there."),
    ),
    # The way there
    "upstream_error": Explanation(
        _("Hugging Face had an error"),
        _("The service answered with status %(status)s. The fault is on its side."),
        _("Nothing is to be done here: hfadmin tries again. See status.huggingface.co."),
    ),
    "upstream_malformed": Explanation(
        _("The answer could not be understood"),
        _("The service answered, but not in the form that it promises."),
        _("Try again later. If it stays so, report it with the answer below."),
    ),
    "timeout": Explanation(
        _("No answer in time"),
        _("%(host)s did not answer completely within the time allowed."),
        _("Try again. If it stays so, check the network and status.huggingface.co."),
    ),
    "too_large": Explanation(
        _("The answer was too large"),
        _("%(host)s sent more than hfadmin accepts, and the call was broken off."),
        _("Check that the address is the right one."),
    ),
    "unreachable": Explanation(
        _("The host could not be reached"),
        _("No connection to %(host)s could be made."),
        _("Check the address, the network of this server and its proxy settings."),
    ),
    "blocked_address": Explanation(
        _("The address is not allowed"),
        _("%(host)s leads to a private or reserved network address, so nothing was sent."),
        _("If this is wanted, let the operator add the network to HFADMIN_TRUSTED_NETWORKS."),
    ),
    "redirected": Explanation(
        _("The address points elsewhere"),
        _("%(host)s answered with a redirect, which is not followed: nothing was sent on."),
        _("Give the address that it finally leads to."),
    ),
    "internal_error": Explanation(
        _("hfadmin itself failed"),
        _(
            "Something happened here that hfadmin was not prepared for. This is its own fault and "
            "not Hugging Face's; the log of the worker has it under the number %(number)s."
        ),
        _(
            "It is tried again by itself, later and later. If it stays so, have the operator look "
            "into the log for this number, and report what stands there."
        ),
    ),
    "unknown": Explanation(
        _("Something unexpected happened"),
        _("Hugging Face answered in a way that hfadmin does not know."),
        _("Read the answer below. If it stays so, report it."),
    ),
}
