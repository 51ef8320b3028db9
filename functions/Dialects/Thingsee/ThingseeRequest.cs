using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Time;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Thingsee;

/// <summary>A request whose caller is known.</summary>
/// <param name="context">The request.</param>
/// <param name="caller">Who makes it.</param>
/// <param name="name">What its path names: a TUID or a group id; empty where it names nothing.</param>
internal sealed class ThingseeRequest(HttpContext context, Caller caller, string name)
{
    private const int BodyLimit = 1024 * 1024;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public Caller Caller => caller;

    public string Tenant => caller.Tenant;

    public string Name => name;

    public CancellationToken Cancellation => context.RequestAborted;

    public string? Query(string parameter) =>
        context.Request.Query.TryGetValue(parameter, out var values) && values.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number of the query, or null where it is not given.</summary>
    /// <exception cref="DomainException">It is none, or out of bounds.</exception>
    public int? Number(string parameter, int least, int most) =>
        Query(parameter) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw DomainException.Invalid(parameter, $"{parameter} is a whole number from {least} to {most}.");

    /// <summary>A list of whole numbers of the query, parted by commas; null where it is not given.</summary>
    /// <exception cref="DomainException">One is none.</exception>
    public HashSet<int>? Numbers(string parameter) =>
        Query(parameter)
            ?.Split(',')
            .Select(text =>
                int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw DomainException.Invalid(parameter, $"{parameter} is a list of whole numbers, parted by commas.")
            )
            .ToHashSet();

    /// <summary>A time of the query in nanoseconds since 1970, or null where it is not given: seconds since 1970 as the vendor has it, or a time in ISO 8601.</summary>
    /// <exception cref="DomainException">It is none.</exception>
    public long? Time(string parameter)
    {
        if (Query(parameter) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds <= long.MaxValue / NanosecondsPerSecond
                ? seconds * NanosecondsPerSecond
                : throw DomainException.Invalid(parameter, $"{parameter} lies beyond the year 2262.");
        }

        return Iso8601.TryParse(text, out var time)
            ? time
            : throw DomainException.Invalid(parameter, $"{parameter} is a number of seconds since 1970.");
    }

    public Task<JsonNode?> ReadJsonAsync() => RequestBodies.ReadJsonAsync(context.Request, BodyLimit, Cancellation);

    public Task<JsonObject> ReadObjectAsync() => RequestBodies.ReadObjectAsync(context.Request, BodyLimit, Cancellation);

    /// <summary>A text of a body.</summary>
    /// <exception cref="DomainException">It is missing or no text.</exception>
    public static string Text(JsonObject body, string member) =>
        OptionalText(body, member) is { Length: > 0 } text ? text : throw DomainException.Invalid(member, $"The body has a text {member}.");

    /// <summary>A text of a body, or null where it is not given.</summary>
    /// <exception cref="DomainException">It is no text.</exception>
    public static string? OptionalText(JsonObject body, string member) =>
        body[member] is not { } node ? null
        : node is JsonValue value && value.TryGetValue<string>(out var text) ? text
        : throw DomainException.Invalid(member, $"{member} is a text.");
}
