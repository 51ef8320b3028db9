using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Domain.Time;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>Members of a body, with the API's errors where they are missing or of another type.</summary>
/// <param name="request">The request, whose part of the API the errors name.</param>
/// <param name="body">Its body.</param>
internal sealed class BodyMembers(CumulocityRequest request, JsonObject body)
{
    private const int LongestWord = 1024;

    /// <exception cref="CumulocityException">One of them is missing or null.</exception>
    public void Require(params IEnumerable<string> names)
    {
        var missing = names.Where(name => body[name] is null).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            throw CumulocityErrors.MissingFields(missing);
        }
    }

    /// <summary>A text, or null where it is missing or null.</summary>
    /// <exception cref="CumulocityException">It is something else.</exception>
    public string? Text(string name) =>
        body[name] is not { } member ? null
        : member is JsonValue value && value.TryGetValue<string>(out var text) ? text
        : throw request.Invalid($"{name} is a text.");

    /// <summary>A text of 1 to 1,024 characters, or null where it is missing or null.</summary>
    /// <exception cref="CumulocityException">It is something else.</exception>
    public string? Word(string name) =>
        Text(name) is not { } text ? null
        : text.Length is > 0 and <= LongestWord ? text
        : throw request.Invalid($"{name} has 1 to {LongestWord} characters.");

    /// <summary>A word of a list, in any case; null where it is missing or null.</summary>
    /// <exception cref="CumulocityException">It is none of the list.</exception>
    public T? OneOf<T>(string name)
        where T : struct, Enum => Text(name) is { } text ? Parse<T>(request, name, text) : null;

    /// <summary>A time, or null where it is missing or null.</summary>
    /// <exception cref="CumulocityException">It is none.</exception>
    public DateTimeOffset? Time(string name) =>
        body[name] is not { } member ? null
        : member is JsonValue value && value.TryGetValue<string>(out var text) && Iso8601.TryParse(text.Trim(), out var time)
            ? Times.DateOf(time)
        : throw request.Invalid($"{name} is a time such as 2020-03-19T12:03:27.845Z.");

    /// <summary>An id: a text, or a whole number as some clients write it; null where it is missing or null.</summary>
    /// <exception cref="CumulocityException">It is neither.</exception>
    public string? Id(string name) =>
        body[name] is { } member ? IdOf(member) ?? throw request.Invalid($"{name} is the text of an id.") : null;

    /// <summary>The id in a member such as source, {"id": …}.</summary>
    /// <exception cref="CumulocityException">There is none in it.</exception>
    public string Reference(string name) =>
        body[name] is JsonObject reference && reference["id"] is { } id && IdOf(id) is { } text
            ? text
            : throw request.Invalid($"{name} is an object with the member id, such as {{\"id\":\"251982\"}}.");

    /// <summary>Refuses members that are not used here and are of another type than the API has them: whoever sends them means something else.</summary>
    /// <exception cref="CumulocityException">One of them is no object.</exception>
    public void CheckObjects(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (body[name] is not (null or JsonObject))
            {
                throw request.Invalid($"{name} is an object.");
            }
        }
    }

    /// <summary>As <see cref="CheckObjects"/>, of texts.</summary>
    /// <exception cref="CumulocityException">One of them is no text.</exception>
    public void CheckTexts(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _ = Text(name);
        }
    }

    /// <summary>As <see cref="CheckObjects"/>, of ids.</summary>
    /// <exception cref="CumulocityException">One of them is no id.</exception>
    public void CheckIds(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _ = Id(name);
        }
    }

    /// <summary>The members that are none of these: the users' own.</summary>
    public JsonObject Without(IReadOnlySet<string> names) =>
        new(body.Where(member => !names.Contains(member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    /// <summary>A word as a value of a list.</summary>
    /// <exception cref="CumulocityException">It is none of them.</exception>
    public static T Parse<T>(CumulocityRequest request, string name, string text)
        where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => value.ToString()!.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase))
        ?? throw request.Invalid($"{name} is one of {string.Join(", ", Enum.GetNames<T>().Select(word => word.ToUpperInvariant()))}.");

    private static string? IdOf(JsonNode id) =>
        id is not JsonValue value ? null
        : value.TryGetValue<string>(out var text) ? (text.Length > 0 ? text : null)
        : value.GetValueKind() == JsonValueKind.Number && value.ToJsonString() is var digits && digits.All(char.IsAsciiDigit) ? digits
        : null;
}
