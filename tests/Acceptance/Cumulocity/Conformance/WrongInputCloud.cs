using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>A cloud that makes what each operation is about, for wrong requests to be right in all but one place.</summary>
public sealed class WrongInputCloud : IAsyncLifetime
{
    private static readonly TestUser Admin = new("admin", "correct horse battery", "admin");
    private static readonly TestUser Other = new("other", "correct horse battery", "admin");
    private readonly ScratchFolder folder = new();
    private CloudProcess cloud = null!;
    private int last;

    internal HttpClient Http { get; private set; } = null!;

    internal AuthenticationHeaderValue Login { get; } = LoginOf(Admin);

    internal AuthenticationHeaderValue OtherLogin { get; } = LoginOf(Other);

    /// <summary>What right bodies refer to, whichever the operation.</summary>
    internal Dictionary<string, string> Shared { get; } = new() { ["$reads"] = "" };

    public async ValueTask InitializeAsync()
    {
        cloud = await CloudProcess.StartAsync(
            new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin, Other]) }
        );
        Http = new HttpClient { BaseAddress = cloud.Http };
        Shared["device"] = await ObjectAsync("""{"name":"a device","c8y_IsDevice":{},"com_cumulocity_model_Agent":{}}""");
        Shared["group"] = await ObjectAsync("""{"name":"a group","type":"c8y_DeviceGroup","c8y_IsDeviceGroup":{}}""");
        Shared["free"] = await ObjectAsync("""{"name":"an object"}""");
        await PostAsync(
            "notification2/subscriptions",
            """{"context":"mo","source":{"id":"{device}"},"subscription":"known","subscriptionFilter":{"apis":["*"]}}"""
        );
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (cloud is not null)
        {
            await cloud.DisposeAsync();
        }

        folder.Dispose();
    }

    /// <summary>A body with a number of its own.</summary>
    internal byte[] Numbered(byte[] body)
    {
        var mark = Encoding.UTF8.GetBytes(RightBodies.Number);
        if (body.AsSpan().IndexOf(mark) < 0)
        {
            return body;
        }

        var number = Interlocked.Increment(ref last).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(RightBodies.Number, number, StringComparison.Ordinal));
    }

    /// <summary>Makes what the path of an operation names.</summary>
    /// <returns>The values of its parameters, beside what bodies refer to.</returns>
    internal async Task<IReadOnlyDictionary<string, string>> MakeAsync(Operation operation)
    {
        var (path, made) = (operation.Path, new Dictionary<string, string>(Shared));
        var collection = path.Split("/{")[0].TrimStart('/');
        switch (collection)
        {
            case "inventory/managedObjects" when path.Contains("{id}", StringComparison.Ordinal):
            case "identity/globalIds":
                made["id"] = await ObjectAsync("""{"name":"its own","c8y_IsDevice":{}}""");
                if (path.Contains("/child", StringComparison.Ordinal))
                {
                    var relation = path.Split('/')[4];
                    made["childId"] = IdOf(
                        await PostAsync(
                            $"inventory/managedObjects/{made["id"]}/{relation}",
                            """{"name":"child"}""",
                            "application/vnd.com.nsn.cumulocity.managedObject+json"
                        )
                    );
                }

                break;
            case "inventory/binaries" when path.Contains("{id}", StringComparison.Ordinal):
                made["id"] = IdOf(await PostAsync(collection, Form, "multipart/form-data; boundary=x"));
                break;
            case "identity/externalIds":
                made["type"] = "c8y_Serial";
                made["externalId"] = $"own-{Interlocked.Increment(ref last)}";
                await PostAsync(
                    $"identity/globalIds/{Shared["device"]}/externalIds",
                    $$"""{"type":"c8y_Serial","externalId":"{{made["externalId"]}}"}"""
                );
                break;
            case "devicecontrol/newDeviceRequests" when path.Contains("{requestId}", StringComparison.Ordinal):
                made["requestId"] = IdOf(await PostAsync(collection, """{"id":"r-{n}"}"""));
                break;
            case "tenant/options" or "tenant/system/options":
                (made["category"], made["key"]) = ("cat", $"key{Interlocked.Increment(ref last)}");
                await PostAsync("tenant/options", $$"""{"category":"cat","key":"{{made["key"]}}","value":"v"}""");
                break;
            case var _ when path.Contains("{id}", StringComparison.Ordinal):
                var body = RightBodies.Find($"POST /{collection}", Shared)!;
                made["id"] = IdOf(await PostAsync(collection, body));
                if (path.EndsWith("/binaries", StringComparison.Ordinal) && operation.Method != "POST")
                {
                    await PostAsync($"{collection}/{made["id"]}/binaries", "hello", "text/plain");
                }

                break;
        }

        return made;
    }

    private const string Form =
        "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n{\"name\":\"hello.txt\",\"type\":\"text/plain\"}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hello.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n";

    private async Task<string> ObjectAsync(string body) => IdOf(await PostAsync("inventory/managedObjects", body));

    private static string IdOf(JsonNode made) => (string)made["id"]!;

    private async Task<JsonNode> PostAsync(string path, string body, string type = "application/json")
    {
        var text = Shared.Aggregate(body, (text, name) => text.Replace($"{{{name.Key}}}", name.Value, StringComparison.Ordinal));
        using var content = new ByteArrayContent(Numbered(Encoding.UTF8.GetBytes(text)));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Authorization = Login;
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {answer}");
        return JsonNode.Parse(answer)!;
    }

    private static AuthenticationHeaderValue LoginOf(TestUser user) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"t1/{user.Name}:{user.Password}")));
}
