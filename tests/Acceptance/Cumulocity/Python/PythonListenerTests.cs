using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Python;

/// <summary>The official Python client's listener for Notification 2.0: a token for a subscriber of its own, a socket, and each message acknowledged by its first line.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class PythonListenerTests(SharedCloud shared) : IDisposable
{
    private static readonly string Login = $"t1/{SharedCloud.Admin.Name}:{SharedCloud.Admin.Password}";

    private readonly HttpClient http = new()
    {
        BaseAddress = shared.Cloud.Http,
        DefaultRequestHeaders =
        {
            { "Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Login))}" },
            { "Accept", "application/json" },
        },
    };

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Each_subscriber_sees_an_object_change_and_go_with_the_fragments_that_it_wants()
    {
        var name = $"py{Guid.NewGuid():N}"[..12];
        var id = (string)(await PostAsync("/inventory/managedObjects", $$"""{"name":"{{name}}","type":"t"}"""))["id"]!;
        await PostAsync(
            "/notification2/subscriptions",
            $$"""{"subscription":"{{name}}","source":{"id":"{{id}}"},"context":"mo","fragmentsToCopy":["wanted"]}"""
        );
        using var first = await ListenAsync(name, "one");
        using var second = await ListenAsync(name, "two");

        await http.PutAsJsonAsync($"/inventory/managedObjects/{id}", JsonNode.Parse("""{"wanted":{"num":42},"other":1}"""));
        await http.DeleteAsync($"/inventory/managedObjects/{id}?forceCascade=true");

        foreach (var socket in new[] { first, second })
        {
            var updated = await ReceiveAsync(socket);
            Assert.Equal([$"/t1/managedobjects/{id}", "UPDATE"], updated[1..3]);
            var body = JsonNode.Parse(updated[^1])!;
            Assert.Equal(
                (id, name, "t", 42),
                ((string)body["id"]!, (string)body["name"]!, (string)body["type"]!, (int)body["wanted"]!["num"]!)
            );
            Assert.Null(body["other"]);
            Assert.Equal([$"/t1/managedobjects/{id}", "DELETE"], (await ReceiveAsync(socket))[1..3]);
        }
    }

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        using var answer = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private async Task<ClientWebSocket> ListenAsync(string subscription, string subscriber)
    {
        var asked = $$"""{"subscriber":"{{subscriber}}","subscription":"{{subscription}}","expiresInMinutes":60}""";
        var token = await PostAsync("/notification2/token", asked);
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{http.BaseAddress!.Authority}/notification2/consumer/?token={token["token"]}"), default);
        return socket;
    }

    /// <summary>The lines of the next message, which is acknowledged.</summary>
    private static async Task<string[]> ReceiveAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(Poll.Patience);
        var buffer = new byte[16 * 1024];
        var received = await socket.ReceiveAsync(buffer, patience.Token);
        Assert.True(received is { MessageType: WebSocketMessageType.Text, EndOfMessage: true });
        var lines = Encoding.UTF8.GetString(buffer, 0, received.Count).Split('\n');
        await socket.SendAsync(Encoding.UTF8.GetBytes(lines[0]), WebSocketMessageType.Text, true, patience.Token);
        return lines;
    }
}
