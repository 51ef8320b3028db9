using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Http;
using Serverless.Domain.Time;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>A request whose route and caller are known.</summary>
/// <param name="context">The request.</param>
/// <param name="caller">Who makes it; null only where the route needs no login.</param>
/// <param name="names">What its path names.</param>
/// <param name="permission">Whom its route is open to.</param>
internal sealed class CumulocityRequest(
    HttpContext context,
    Caller? caller,
    IReadOnlyDictionary<string, string> names,
    Permission permission
)
{
    /// <summary>The most bytes of a JSON body.</summary>
    public const int BodyLimit = 10 * 1024 * 1024;

    public HttpContext Context => context;

    /// <exception cref="InvalidOperationException">The route is open to everybody.</exception>
    public Caller Caller => caller ?? throw new InvalidOperationException("The route needs no login, so nobody is known to call it.");

    public string Tenant => Caller.Tenant;

    /// <summary>What the route does: a caller may be let see more than he may change.</summary>
    public Permission Permission => permission;

    public CancellationToken Cancellation => context.RequestAborted;

    public SelfUrls Urls { get; } = SelfUrls.Of(context.Request);

    /// <summary>The body's media type, as <see cref="MediaTypes.Normalise"/> writes it; empty where it says none.</summary>
    public string ContentType { get; } = MediaTypes.Normalise(context.Request.ContentType);

    /// <summary>The media types that the client takes, normalised, the first first; empty where it says none.</summary>
    public IReadOnlyList<string> Accept { get; } = MediaTypes.Accepted(context.Request);

    /// <summary>What the path names so.</summary>
    public string this[string name] => names[name];

    /// <summary>Whether an application speaks, and not the device: then it is no sign of the device's life.</summary>
    public bool FromApplication => context.Request.Headers.ContainsKey("X-Cumulocity-Application-Key");

    /// <exception cref="CumulocityException">There is no such mode.</exception>
    public ProcessingMode ProcessingMode =>
        context.Request.Headers["X-Cumulocity-Processing-Mode"].ToString().Trim().ToUpperInvariant() switch
        {
            "" or "PERSISTENT" => ProcessingMode.Persistent,
            "TRANSIENT" => ProcessingMode.Transient,
            "QUIESCENT" => ProcessingMode.Quiescent,
            "CEP" => ProcessingMode.Cep,
            _ => throw Invalid("X-Cumulocity-Processing-Mode is PERSISTENT, TRANSIENT, QUIESCENT or CEP."),
        };

    /// <summary>The page that is asked for.</summary>
    /// <exception cref="CumulocityException">A number is none.</exception>
    public PageRequest Page =>
        new(
            Number("currentPage", 1) is var page and >= 1 ? page : throw Invalid("currentPage is a whole number from 1 up."),
            Math.Min(
                Number("pageSize", PageRequest.DefaultSize) is var size and >= 0
                    ? size
                    : throw Invalid("pageSize is a whole number from 0 up."),
                PageRequest.MostItems
            ),
            Flag("withTotalPages"),
            Flag("withTotalElements")
        );

    /// <summary>A parameter of the query, or null where it is not given or empty.</summary>
    public string? Query(string parameter) =>
        context.Request.Query.TryGetValue(parameter, out var values) && values is [{ Length: > 0 } text, ..] ? text : null;

    /// <summary>Every value of a parameter that is given several times.</summary>
    public IReadOnlyList<string> Queries(string parameter) =>
        [.. context.Request.Query[parameter].Where(text => !string.IsNullOrEmpty(text)).Select(text => text!)];

    /// <summary>The values of a parameter that lists them with commas, and may be given several times.</summary>
    public IReadOnlyList<string> List(string parameter) =>
        [.. Queries(parameter).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Whether a parameter says true.</summary>
    /// <exception cref="CumulocityException">It says neither true nor false.</exception>
    public bool Flag(string parameter) => OptionalFlag(parameter) ?? false;

    /// <summary>What a parameter says, or null where it is not given.</summary>
    /// <exception cref="CumulocityException">It says neither true nor false.</exception>
    public bool? OptionalFlag(string parameter) =>
        Query(parameter) is not { } text ? null
        : bool.TryParse(text, out var value) ? value
        : throw Invalid($"{parameter} is true or false.");

    /// <summary>A time of the query in nanoseconds since 1970, or null where it is not given: ISO 8601; a date alone is its midnight in UTC.</summary>
    /// <exception cref="CumulocityException">It is none.</exception>
    public long? Time(string parameter) =>
        Query(parameter) is not { } text ? null
        : Iso8601.TryParse(text, out var time) ? time
        : throw Invalid($"{parameter} is a time such as 2020-03-19T12:03:27.845Z, or a date.");

    /// <summary>As <see cref="Time"/>, to the tick below.</summary>
    /// <exception cref="CumulocityException">It is none.</exception>
    public DateTimeOffset? Date(string parameter) =>
        Time(parameter) is { } time ? DateTimeOffset.UnixEpoch.AddTicks((long)Math.Floor(time / 100m)) : null;

    /// <summary>The body as a JSON object.</summary>
    /// <exception cref="CumulocityException">It is no JSON, or of another media type.</exception>
    public async Task<JsonObject> ReadObjectAsync()
    {
        if (ContentType.Length > 0 && !MediaTypes.IsJson(ContentType))
        {
            throw new CumulocityException(
                StatusCodes.Status415UnsupportedMediaType,
                $"{CumulocityErrors.AreaOf(context)}/Unsupported Media Type",
                $"The body is JSON, and not {ContentType}."
            );
        }

        return await RequestBodies.ReadObjectAsync(context.Request, BodyLimit, Cancellation);
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="BodyTooLargeException">It is larger.</exception>
    public Task<byte[]> ReadBytesAsync(int limit) => RequestBodies.ReadAsync(context.Request, limit, Cancellation);

    /// <summary>The error of this part of the API for a parameter or member that is wrong.</summary>
    public CumulocityException Invalid(string message) => CumulocityErrors.Invalid(CumulocityErrors.AreaOf(context), message);

    private int Number(string parameter, int otherwise) =>
        Query(parameter) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw Invalid($"{parameter} is a whole number.");
}
