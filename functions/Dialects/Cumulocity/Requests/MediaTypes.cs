using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>
/// Media types as real clients write them (reference 0.2): in any case, with parameters or a bare semicolon behind them. A vendor type is named here by what makes it one: managedobject for
/// application/vnd.com.nsn.cumulocity.managedObject+json;ver=0.9, and json for application/json.
/// </summary>
internal static class MediaTypes
{
    public const string Json = "json";
    public const string Any = "*/*";

    private const string Application = "application/";
    private const string VendorPrefix = "application/vnd.com.nsn.cumulocity.";
    private const string VendorSuffix = "+json";

    /// <summary>A media type without what does not matter.</summary>
    public static string Normalise(string? type)
    {
        var bare = (type ?? "").Split(';')[0].Trim().ToLowerInvariant();
        return bare == Application + Json ? Json
            : bare.StartsWith(VendorPrefix, StringComparison.Ordinal) && bare.EndsWith(VendorSuffix, StringComparison.Ordinal)
                ? bare[VendorPrefix.Length..^VendorSuffix.Length]
            : bare;
    }

    /// <summary>Whether a normalised type is JSON, the vendor's own or plain.</summary>
    public static bool IsJson(string normalised) =>
        normalised == Json
        || (normalised.Length > 0 && !normalised.Contains('/'))
        || normalised.EndsWith("+json", StringComparison.Ordinal);

    /// <summary>The vendor's type in full, as answers have it.</summary>
    public static string Vendor(string name) => $"{VendorPrefix}{name}{VendorSuffix};charset=UTF-8;ver=0.9";

    /// <summary>What a request accepts, normalised, the first first; empty where it says nothing.</summary>
    public static IReadOnlyList<string> Accepted(HttpRequest request) =>
        [.. request.Headers.Accept.SelectMany(header => (header ?? "").Split(',')).Select(Normalise).Where(type => type.Length > 0)];

    /// <summary>Whether one of the accepted types can be answered: JSON of any kind, or one of the route's own types.</summary>
    public static bool Answers(IReadOnlyList<string> accepted, IReadOnlyList<string> produced) =>
        accepted.Count == 0
        || accepted.Any(type => IsJson(type) || type is Any or "application/*" or "*" || produced.Contains(type) || produced.Contains(Any));
}
