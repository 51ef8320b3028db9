using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>A request, or a step without one (PUBLISH topic, WAIT seconds), and the answer that is documented for it.</summary>
internal sealed record Exchange(
    string Verb,
    string Target,
    IReadOnlyList<(string Name, string Value)> Headers,
    string Body,
    ExampleAnswer? Answer
);

/// <summary>A documented answer.</summary>
internal sealed record ExampleAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body);

/// <summary>An example of the reference or the seed: blocks between lines of ---, the first the setup, then a request and its answer in turn.</summary>
internal sealed partial class ExampleFile
{
    private ExampleFile(string name, IReadOnlyList<string> setup, IReadOnlyList<Exchange> exchanges) =>
        (Name, Setup, Exchanges) = (name, setup, exchanges);

    public string Name { get; }

    /// <summary>Lines of "name: value".</summary>
    public IReadOnlyList<string> Setup { get; }

    public IReadOnlyList<Exchange> Exchanges { get; }

    /// <summary>The tokens that its requests use.</summary>
    public IReadOnlyList<string> Tokens =>
        [
            .. Exchanges
                .SelectMany(exchange =>
                    TokenPattern().Matches($"{exchange.Target}\n{string.Join('\n', exchange.Headers)}\n{exchange.Body}")
                )
                .Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value)
                .Distinct(),
        ];

    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Conduit", "Examples");

    public static ExampleFile Read(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, $"{name}.txt")).TrimEnd('\n');
        var blocks = new Queue<string[]>(text.Split("\n---\n").Select(block => block.Split('\n')));
        var setup = blocks.Dequeue();
        var exchanges = new List<Exchange>();
        while (blocks.TryDequeue(out var request))
        {
            var (verb, target) = (request[0].Split(' ')[0], request[0].Split(' ')[1]);
            var answer = verb is "PUBLISH" or "WAIT" ? null : blocks.Dequeue();
            exchanges.Add(
                new Exchange(
                    verb,
                    target,
                    Headers(request),
                    Body(request),
                    answer is null ? null : new ExampleAnswer(int.Parse(answer[0]), Headers(answer), Body(answer))
                )
            );
        }

        return new ExampleFile(name, setup, exchanges);
    }

    public string? Value(string name) => Values(name).SingleOrDefault();

    public IEnumerable<string> Values(string name) =>
        Setup.Where(line => line.StartsWith($"{name}: ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..]);

    /// <summary>Says where an answer's body differs from the documented one, or null where it does not.</summary>
    public string? Differs(string documented, string body)
    {
        if (Value("compare") != "named")
        {
            return documented == body ? null : $"documented {documented}, but was {body}";
        }

        var (expected, actual) = (JsonNode.Parse(documented)!.AsArray(), JsonNode.Parse(body)!.AsArray());
        return expected.Count == actual.Count && expected.Zip(actual).All(pair => IsWithin(pair.First!.AsObject(), pair.Second!.AsObject()))
            ? null
            : $"documented {documented}, but was {body}";
    }

    private static bool IsWithin(JsonObject named, JsonObject whole) =>
        named.All(member => whole.ContainsKey(member.Key) && JsonNode.DeepEquals(member.Value, whole[member.Key]));

    private static IReadOnlyList<(string, string)> Headers(string[] block) =>
        [
            .. block
                .Skip(1)
                .TakeWhile(line => line.Length > 0)
                .Select(line => (line.Split(": ")[0], line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..])),
        ];

    private static string Body(string[] block) => string.Join('\n', block.SkipWhile(line => line.Length > 0).Skip(1));

    [GeneratedRegex("""[?&]token=([^&\n]+)|\((?:X-Api-Key|Token), ([^)]+)\)|"token":"([^"]+)"|^([^/\n]+)/[^/\n]+/pub/""")]
    private static partial Regex TokenPattern();
}
