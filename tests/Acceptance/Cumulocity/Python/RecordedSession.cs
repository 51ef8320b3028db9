using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Python;

/// <summary>A request of the client, and what it reads of the answer.</summary>
/// <param name="Method">Its method; WAIT is a GET until the answer is as expected.</param>
/// <param name="Target">Its path and query.</param>
/// <param name="Headers">Its headers beside <see cref="RecordedSession.Defaults"/>; "none" leaves one of those out.</param>
/// <param name="Body">Its body, or null for none.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Reads">What is read of the answer: "path", "path = JSON", "path => variable", "path absent"; "$" is the whole, "cookie name" a cookie.</param>
internal sealed record RecordedCall(
    string Method,
    string Target,
    IReadOnlyDictionary<string, string> Headers,
    string? Body,
    int Status,
    IReadOnlyList<string> Reads
);

/// <summary>
/// What the official Python client (c8y_api 3.x) sends for one resource, in the order of its own integration tests: blocks between lines of ---, the first says what it is, then a request and its
/// answer in turn. {variables} are filled in.
/// </summary>
internal static class RecordedSession
{
    private static readonly string Folder = Repository.At("tests", "Acceptance", "Cumulocity", "Python", "Sessions");

    /// <summary>What the client sends with every request that does not say otherwise.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } =
        new Dictionary<string, string> { ["Accept"] = "application/json", ["Authorization"] = "Basic {basic}" };

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public static IEnumerable<RecordedCall> Read(string name) =>
        File.ReadAllText(Path.Combine(Folder, $"{name}.txt"))
            .TrimEnd('\n')
            .Split("\n---\n")
            .Skip(1)
            .Select(block => block.Split('\n'))
            .Chunk(2)
            .Select(pair => Call(pair[0], pair[1]));

    private static RecordedCall Call(string[] request, string[] answer)
    {
        var first = request[0].Split(' ', 2);
        var headers = request.Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Split(": ", 2)).ToList();
        var body = string.Join('\n', request.Skip(headers.Count + 2));
        return new RecordedCall(
            first[0],
            first[1],
            headers.ToDictionary(parts => parts[0], parts => parts[1]),
            body.Length > 0 ? body : null,
            int.Parse(answer[0]),
            answer[1..]
        );
    }
}
