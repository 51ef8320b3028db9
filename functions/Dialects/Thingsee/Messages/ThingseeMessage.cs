using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Http;
using Serverless.Domain.Telemetry;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>One message of Thingsee's message specification (reference C.2): a header, whose members begin with tsm, and the profile's own members beside it.</summary>
internal sealed class ThingseeMessage
{
    /// <summary>The name of this form: of a message's property dialect, and of the fields that keep messages as they were sent.</summary>
    public const string Form = "thingsee";

    public const string TransactionMember = "transactionId";
    private const string HeaderPrefix = "tsm";
    private const decimal NanosecondsPerSecond = 1_000_000_000;
    private const decimal LastSecond = 9_214_646_400; // 2262-01-01, beyond which 64 bits of nanoseconds end
    private const int LongestTuid = 64;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = RequestBodies.MaxDepth };

    private ThingseeMessage(JsonElement body) => Body = body;

    /// <summary>tsmId: its profile.</summary>
    public int Id { get; private init; }

    /// <summary>tsmEv: why it was sent.</summary>
    public int Event { get; private init; }

    /// <summary>tsmTs in nanoseconds since 1970; where the thing had no clock, when its gateway or the cloud took the message (tsmGwTs, tsmCloudTs); null where nobody says.</summary>
    public long? Time { get; private init; }

    /// <summary>tsmTuid: the thing that it is of, or null.</summary>
    public string? Tuid { get; private init; }

    /// <summary>What ties an answer to its request, or null.</summary>
    public int? TransactionId { get; private init; }

    /// <summary>The whole message.</summary>
    public JsonElement Body { get; }

    /// <summary>The members that are not header nor transaction.</summary>
    public IEnumerable<JsonProperty> Properties => Body.EnumerateObject().Where(member => IsProperty(member.Name));

    public static bool IsProperty(string name) => name != TransactionMember && !name.StartsWith(HeaderPrefix, StringComparison.Ordinal);

    /// <summary>Whether it looks like a message: an object with whole numbers tsmId and tsmEv.</summary>
    public static bool IsOne(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && Whole(element, "tsmId") is not null && Whole(element, "tsmEv") is not null;

    /// <summary>Whether a body may hold messages, found out without reading it.</summary>
    public static bool MayHold(ReadOnlySpan<byte> body) => body.IndexOf("\"tsmId\""u8) >= 0;

    /// <summary>Parses JSON whose texts and names are sound and whose objects have each member once.</summary>
    /// <exception cref="JsonException">It is not so.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        var text = WithoutMark(json);
        RequestBodies.CheckTexts(text.Span);
        using var document = JsonDocument.Parse(text, Options);
        return document.RootElement.Clone();
    }

    /// <summary>Text without a byte order mark.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> text) => text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;

    /// <exception cref="PayloadException">A member of the header is missing or is not what it must be.</exception>
    public static ThingseeMessage Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw new PayloadException("A Thingsee message is a JSON object.");
        }

        return new ThingseeMessage(body)
        {
            Id = Whole(body, "tsmId") is > 0 and var id ? id : throw new PayloadException("tsmId is a whole number from 1 up."),
            Event = Whole(body, "tsmEv") is >= 0 and var number ? number : throw new PayloadException("tsmEv is a whole number from 0 up."),
            Time = Seconds(body, "tsmTs") ?? Seconds(body, "tsmGwTs") ?? Seconds(body, "tsmCloudTs"),
            Tuid = TuidOf(body),
            TransactionId = Whole(body, TransactionMember) is >= 0 and var transaction ? transaction : null,
        };
    }

    /// <summary>Whether it is a TUID as this cloud takes them: 1 to 64 of letters, digits, - and _ (Haltian's have 17 letters and digits mostly).</summary>
    public static bool IsTuid(string text) => text.Length <= LongestTuid && Domain.Names.IsIdentifier(text);

    /// <summary>The profile's members as an object of their own.</summary>
    public JsonObject ToProperties() =>
        new(Properties.Select(member => KeyValuePair.Create(member.Name, JsonNode.Parse(member.Value.GetRawText()))));

    private static string? TuidOf(JsonElement body) =>
        !body.TryGetProperty("tsmTuid", out var tuid) ? null
        : tuid.ValueKind == JsonValueKind.String && tuid.GetString() is { } text && IsTuid(text) ? text
        : throw new PayloadException("tsmTuid is 1 to 64 letters, digits, - and _.");

    private static int? Whole(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    private static long? Seconds(JsonElement body, string name) =>
        !body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var seconds) && seconds is >= 0 and < LastSecond
            ? (long)(decimal.Round(seconds, 6) * NanosecondsPerSecond)
        : throw new PayloadException(
            string.Create(CultureInfo.InvariantCulture, $"{name} is a number of seconds since 1970, before the year 2262.")
        );
}
