using System.Net;
using Serverless.Domain.Webhooks.Network;

namespace Serverless.Domain.Webhooks;

/// <summary>What may stand in a webhook.</summary>
public static class WebhookRules
{
    public const int LongestUrl = 2048;
    public const int LongestDescription = 1024;
    public const int MostTypes = 50;
    public const int LongestType = 128;
    public const int MostDevices = 200;
    public const int MostGroups = 50;
    public const int MostHeaders = 20;
    public const int LongestHeader = 2048;

    // What this cloud or HTTP itself says in a request; and names that a proxy or an endpoint trusts.
    private static readonly HashSet<string> Forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept",
        "Accept-Encoding",
        "Connection",
        "Cookie",
        "Date",
        "Expect",
        "Forwarded",
        "Host",
        "Keep-Alive",
        "Max-Forwards",
        "Origin",
        "Range",
        "Referer",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "User-Agent",
        "Via",
        "traceparent",
        "tracestate",
    };

    private static readonly string[] ForbiddenPrefixes =
    [
        "aeg-",
        "ce-",
        "content-",
        "if-",
        "proxy-",
        "sec-",
        "webhook-",
        "x-forwarded-",
        "x-azure-",
        "x-ms-",
    ];

    /// <exception cref="DomainException">A member is wrong.</exception>
    public static void Check(Webhook webhook, WebhookOptions options, IReadOnlyList<IWebhookForm> forms)
    {
        CheckUrl(webhook.Url, options);
        Refuse(
            webhook.Description.Length > LongestDescription,
            "description",
            $"A description has at most {LongestDescription} characters."
        );
        Refuse(webhook.Types.Count > MostTypes, "types", $"A webhook names at most {MostTypes} types.");
        Refuse(!webhook.Types.All(IsType), "types", $"A type is 1 to {LongestType} of a-z, A-Z, 0-9, -, _, dots and *.");
        Refuse(webhook.Devices.Count > MostDevices, "devices", $"A webhook names at most {MostDevices} devices; a group holds any number.");
        Refuse(webhook.Groups.Count > MostGroups, "groups", $"A webhook names at most {MostGroups} groups.");
        Refuse(
            forms.All(form => form.Name != webhook.Form),
            "form",
            $"A webhook's form is one of {string.Join(", ", forms.Select(form => form.Name))}."
        );
        Refuse(webhook.Headers.Count > MostHeaders, "headers", $"A webhook has at most {MostHeaders} headers of its own.");
        foreach (var (name, value) in webhook.Headers)
        {
            CheckHeader(name, value);
        }
    }

    /// <summary>The address of a webhook that may be called.</summary>
    /// <exception cref="DomainException">It may not.</exception>
    public static Uri CheckUrl(string text, WebhookOptions options)
    {
        Refuse(text.Length > LongestUrl, "url", $"A url has at most {LongestUrl} characters.");
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp)
            || url.IdnHost.Length == 0
        )
        {
            throw DomainException.Invalid("url", "A url is an absolute https address.");
        }

        Refuse(url.UserInfo.Length > 0, "url", "A url holds no user and password; a header of the webhook may.");
        Refuse(url.Fragment.Length > 0, "url", "A url has no fragment.");
        if (IsAllowed(url, options))
        {
            return url;
        }

        Refuse(url.Scheme != Uri.UriSchemeHttps, "url", "A url is an https address.");
        Refuse(!options.Ports.Contains(url.Port), "url", $"The port is one of {string.Join(", ", options.Ports.Order())}.");
        if (IPAddress.TryParse(url.IdnHost, out var address) && AddressFilter.Refuse(address) is { } reason)
        {
            throw DomainException.Invalid("url", $"The address cannot be called: it is {reason}.");
        }

        return url;
    }

    /// <summary>Whether a host with its port may be called by http and at a private address.</summary>
    public static bool IsAllowed(Uri url, WebhookOptions options) => options.Allow.Contains($"{url.IdnHost.ToLowerInvariant()}:{url.Port}");

    private static void CheckHeader(string name, string value)
    {
        var member = $"headers.{name}";
        Refuse(
            name.Length is 0 or > 128 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c)),
            "headers",
            "A header's name is 1 to 128 of the characters that HTTP allows in one (RFC 9110, section 5.1)."
        );
        Refuse(
            Forbidden.Contains(name) || ForbiddenPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)),
            member,
            "A webhook cannot have a header of this name: the sender or HTTP itself sets it."
        );
        Refuse(
            value.Length > LongestHeader || value.Any(c => c is < ' ' or > '~') || value.Trim(' ').Length != value.Length,
            member,
            $"A header's value has at most {LongestHeader} printable ASCII characters, with no space before or behind."
        );
    }

    private static bool IsType(string type) =>
        type.Length is > 0 and <= LongestType && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '*');

    private static void Refuse(bool isWrong, string member, string message)
    {
        if (isWrong)
        {
            throw DomainException.Invalid(member, message);
        }
    }
}
