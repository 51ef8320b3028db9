using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>A message of a client. Members that are not known, missing or of a wrong type are tolerated, as real clients leave out ids and misspell (reference 2.4).</summary>
internal sealed record BayeuxMessage
{
    public const string Handshake = "/meta/handshake";
    public const string Connect = "/meta/connect";
    public const string Subscribe = "/meta/subscribe";
    public const string Unsubscribe = "/meta/unsubscribe";
    public const string Disconnect = "/meta/disconnect";

    public required string Channel { get; init; }

    /// <summary>What the reply repeats: a string or a number, or null where there is none.</summary>
    public JsonValue? Id { get; init; }

    public string? ClientId { get; init; }

    /// <summary>The channels that it names.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];

    /// <summary>How many milliseconds the client lets a connect wait, or null where it does not say.</summary>
    public int? Timeout { get; init; }

    /// <summary>The credentials of a handshake.</summary>
    public BayeuxCredentials? Credentials { get; init; }

    /// <summary>The system of units that a handshake asks for, or null.</summary>
    public string? System { get; init; }

    /// <summary>What it says of acknowledgements: on a handshake whether it sends them, on a connect the last batch that it got.</summary>
    public JsonElement? Acknowledgement { get; init; }

    /// <summary>Reads what a client sends: an array of messages, or one.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static IReadOnlyList<BayeuxMessage> Parse(ReadOnlyMemory<byte> body)
    {
        RequestBodies.CheckTexts(body.Span);
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = RequestBodies.MaxDepth });
        var root = document.RootElement;
        return root.ValueKind switch
        {
            JsonValueKind.Object => [Read(root)],
            JsonValueKind.Array when root.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object) =>
            [
                .. root.EnumerateArray().Select(Read),
            ],
            _ => throw new JsonException("Messages are an array of objects."),
        };
    }

    private static BayeuxMessage Read(JsonElement message)
    {
        var ext = Member(message, "ext");
        return new BayeuxMessage
        {
            Channel = Text(message, "channel") ?? "",
            Id = Member(message, "id") is { ValueKind: JsonValueKind.String or JsonValueKind.Number } id
                ? JsonValue.Create(id.Clone())
                : null,
            ClientId = Text(message, "clientId"),
            Subscriptions = Texts(Member(message, "subscription")),
            Timeout =
                Member(message, "advice") is { } advice
                && Member(advice, "timeout") is { ValueKind: JsonValueKind.Number } timeout
                && timeout.TryGetDouble(out var milliseconds)
                    ? (int)Math.Clamp(milliseconds, 0, int.MaxValue)
                    : null,
            Credentials =
                ext is { } extension && Member(extension, "com.cumulocity.authn") is { ValueKind: JsonValueKind.Object } authn
                    ? new BayeuxCredentials(Text(authn, "token"), Text(authn, "xsrfToken"))
                    : null,
            System = ext is { } asked ? Text(asked, "systemOfUnits") : null,
            Acknowledgement = ext is { } other ? Member(other, "ack")?.Clone() : null,
        };
    }

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static IReadOnlyList<string> Texts(JsonElement? member) =>
        member switch
        {
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            { ValueKind: JsonValueKind.Array } array =>
            [
                .. array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
            ],
            _ => [],
        };
}

/// <summary>The credentials in a handshake's ext.com.cumulocity.authn.</summary>
/// <param name="Token">Base64 of user:password or tenant/user:password, or a JWT.</param>
/// <param name="Proof">What the cookie XSRF-TOKEN holds, where the client logs in by cookies.</param>
internal sealed record BayeuxCredentials(string? Token, string? Proof);
