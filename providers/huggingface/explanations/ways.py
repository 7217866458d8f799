"""Sentences about the way to an answer: what failed on it, and at whom."""

from providers.huggingface.explanations.explanation import Explanation, _

# What `who` stands for at the beginning of a sentence.
PARTIES: dict[str, str] = {
    "hugging_face": _("Hugging Face"),
    "router": _("Hugging Face's router"),
    "provider": _("The inference provider"),
    "gateway": _("Hugging Face's gateway in front of the endpoint"),
    "engine": _("The endpoint's engine"),
    "proxy": _("The proxy of this installation"),
    "hfadmin": _("hfadmin"),
}

TEXTS: dict[str, Explanation] = {
    "upstream_error": Explanation(
        _("Hugging Face had an error"),
        _("%(who)s answered with status %(status)s. The fault is on its side."),
        _(
            "Try again later; status.huggingface.co says whether others see it too. "
            "Scheduled checks go on by themselves."
        ),
    ),
    "upstream_malformed": Explanation(
        _("The answer could not be understood"),
        _("%(who)s answered, but not in the form that it promises."),
        _("Try again later. If it stays so, report it to those who run it, with the answer below."),
    ),
    "upstream_malformed engine": Explanation(
        _("The answer could not be understood"),
        _("%(who)s answered, but not as the engines that hfadmin knows do."),
        _(
            "Check that Model Type and Task fit what is deployed there. The answer below is "
            "what came."
        ),
    ),
    "timeout": Explanation(
        _("No answer in time"),
        _("%(who)s (%(host)s) did not answer completely within the time allowed."),
        _("Try again. If it stays so, check the network and status.huggingface.co."),
    ),
    "timeout engine": Explanation(
        _("No answer in time"),
        _("%(who)s (%(host)s) did not answer completely within the time allowed."),
        _(
            "Try again once it has less to do. If it stays so, look at the endpoint's log on "
            "Hugging Face."
        ),
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
            "Try again; scheduled checks do so by themselves, later and later. If it stays so, "
            "have the operator look into the log for this number, and report what stands there."
        ),
    ),
    "internal_error broken_off": Explanation(
        _("hfadmin itself failed"),
        _(
            "The check was begun several times and never ended: each time its worker was stopped "
            "before. Nothing was found out about the model."
        ),
        _("Have the operator look into the log of the worker, and try again."),
    ),
    "unknown": Explanation(
        _("Something unexpected happened"),
        _("%(who)s answered in a way that hfadmin does not know."),
        _("Read the answer below. If it stays so, report it."),
    ),
}
