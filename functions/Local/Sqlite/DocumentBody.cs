using System.Text.Json;

namespace Serverless.Local.Sqlite;

/// <summary>Checks bodies before they reach SQLite, whose JSON functions accept more than JSON and fail late.</summary>
internal static class DocumentBody
{
    /// <exception cref="ArgumentException">The bytes are no JSON object, or it is nested more than 64 deep.</exception>
    public static void Validate(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read()) { }
            if (isObject)
            {
                return;
            }
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"A document's body is not JSON: {exception.Message}", nameof(body), exception);
        }

        throw new ArgumentException("A document's body is a JSON object.", nameof(body));
    }
}
