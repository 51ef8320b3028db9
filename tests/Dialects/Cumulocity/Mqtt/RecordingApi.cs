using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Mqtt.Calls;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>The API as a list of the calls that were made, one line each: method, path, body. What it answers is told by the test.</summary>
internal sealed class RecordingApi : IApiCalls
{
    private readonly List<string> calls = [];

    /// <summary>The calls that change something.</summary>
    public IReadOnlyList<string> Changes => [.. calls.Where(call => !call.StartsWith("GET", StringComparison.Ordinal))];

    public IReadOnlyList<string> Calls => [.. calls];

    /// <summary>Answers by the beginning of "METHOD path".</summary>
    public Dictionary<string, Func<JsonNode?>> Answers { get; } = [];

    public Task<JsonNode?> CallAsync(Caller caller, ApiCall call, CancellationToken cancellation)
    {
        var line = $"{call.Method} {call.Path}";
        var mode = call.Mode == ProcessingMode.Persistent ? "" : $" {call.Mode}";
        var type = call.Type == MediaTypes.Json ? "" : $" {call.Type}";
        calls.Add(call.Body is null ? line + mode : $"{line}{mode}{type} {call.Body.ToJsonString()}");
        var answer = Answers.FirstOrDefault(known => line.StartsWith(known.Key, StringComparison.Ordinal));
        return Task.FromResult(answer.Value?.Invoke());
    }

    public void Refuse(string call, CumulocityException error) => Answers[call] = () => throw error;
}
