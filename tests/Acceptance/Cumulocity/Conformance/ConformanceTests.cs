using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>Every operation in scope, asked as a client does, through Prism with the official schemas: no answer breaks them.</summary>
public sealed class ConformanceTests : IAsyncLifetime
{
    private static readonly TestUser Admin = new("admin", "correct horse battery", "admin");
    private readonly ScratchFolder folder = new();
    private readonly HashSet<string> asked = [];
    private readonly List<string> violations = [];
    private CloudProcess cloud = null!;
    private NodeServer prism = null!;
    private HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        cloud = await CloudProcess.StartAsync(
            new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin]) }
        );
        prism = await PrismProxy.StartAsync(cloud.Http);
        http = new HttpClient { BaseAddress = prism.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"t1/{Admin.Name}:{Admin.Password}"))
        );
    }

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        await (prism?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    [Fact]
    public async Task No_answer_breaks_the_official_schemas()
    {
        await RootsAsync();
        var device = await InventoryAsync();
        await IdentityAsync(device);
        await MeasurementsAsync(device);
        await EventsAsync(device);
        await AlarmsAsync(device);
        await OperationsAsync(device);
        await RegistrationAsync();
        await BulkOperationsAsync(device);
        await AuditAndRetentionAsync(device);
        await TenantAsync();
        await NotificationsAsync(device);
        await BinariesAsync();
        await SendAsync(204, "DELETE /inventory/managedObjects/{id}", device);
        await SendAsync(200, "POST /user/logout");

        var notAsked = Operations.All.Select(operation => operation.ToString()).Except(asked).ToList();
        Assert.True(violations.Count == 0, string.Join('\n', violations));
        Assert.Empty(notAsked);
    }

    // What the document or Prism has wrong itself.
    private static readonly (string Operation, string Complaint)[] Defects =
    [
        // Templates with {placeholders} are no URIs.
        ("GET /identity", "externalId must match format"),
        // Of an answer's two JSON types Prism takes the first, whichever the answer names: a collection is no single measurement.
        ("POST /measurement/measurements", "required property 'source'"),
        // 204 has no body, and so no media type.
        ("DELETE /inventory/managedObjects/{id}", "The received media type \\\"\\\" does not match"),
    ];

    private async Task RootsAsync()
    {
        foreach (
            var root in new[]
            {
                "platform",
                "inventory",
                "identity",
                "measurement",
                "event",
                "alarm",
                "devicecontrol",
                "audit",
                "tenant",
                "user",
                "notification2",
            }
        )
        {
            await SendAsync(200, $"GET /{root}");
        }
    }

    private async Task<string> InventoryAsync()
    {
        const string Agent =
            """{"name":"agent","type":"c8y_Linux","c8y_IsDevice":{},"com_cumulocity_model_Agent":{},"c8y_SupportedOperations":["c8y_Restart"],"c8y_RequiredAvailability":{"responseInterval":10}}""";
        var device = await MakeAsync("POST /inventory/managedObjects", Agent, "managedObject");
        await SendAsync(200, "GET /inventory/managedObjects/{id}", device);
        await SendAsync(200, "PUT /inventory/managedObjects/{id}", device, """{"c8y_Position":{"lat":1.5,"lng":2}}""", "managedObject");
        await SendAsync(
            200,
            "GET /inventory/managedObjects",
            query: "?pageSize=1&withTotalPages=true&withTotalElements=true&query=name eq 'a*'"
        );
        await SendAsync(
            200,
            "PUT /inventory/managedObjects",
            body: $$$"""{"managedObjects":[{"id":"{{{device}}}","x_a":1}]}""",
            type: "managedObjectCollection"
        );
        foreach (var relation in new[] { "childDevices", "childAssets", "childAdditions" })
        {
            var child = await MakeAsync(
                $"POST /inventory/managedObjects/{{id}}/{relation}",
                """{"name":"child"}""",
                "managedObject",
                device
            );
            await SendAsync(200, $"GET /inventory/managedObjects/{{id}}/{relation}", device);
            await SendAsync(200, $"GET /inventory/managedObjects/{{id}}/{relation}/{{childId}}", device, child: child);
            await SendAsync(204, $"DELETE /inventory/managedObjects/{{id}}/{relation}/{{childId}}", device, child: child);
            await SendAsync(
                201,
                $"POST /inventory/managedObjects/{{id}}/{relation}",
                device,
                $$$"""{"managedObject":{"id":"{{{child}}}"}}""",
                "managedObjectReference"
            );
            await SendAsync(
                204,
                $"DELETE /inventory/managedObjects/{{id}}/{relation}",
                device,
                $$$"""{"references":[{"managedObject":{"id":"{{{child}}}"}}]}""",
                "managedObjectReferenceCollection"
            );
        }

        await SendAsync(200, "GET /inventory/managedObjects/{id}/supportedMeasurements", device);
        await SendAsync(200, "GET /inventory/managedObjects/{id}/supportedSeries", device);
        await SendAsync(200, "GET /inventory/managedObjects/{id}/availability", device);
        return device;
    }

    private async Task IdentityAsync(string device)
    {
        await SendAsync(
            201,
            "POST /identity/globalIds/{id}/externalIds",
            device,
            """{"type":"c8y_Serial","externalId":"sn-1"}""",
            "externalId"
        );
        await SendAsync(200, "GET /identity/globalIds/{id}/externalIds", device);
        await SendAsync(200, "GET /identity/externalIds/{type}/{externalId}", path: "/identity/externalIds/c8y_Serial/sn-1");
        await SendAsync(
            200,
            "POST /identity/search",
            body: """{"externalIds":[{"type":"c8y_Serial","externalId":"sn-1"}]}""",
            type: "externalIdCollection"
        );
        await SendAsync(204, "DELETE /identity/externalIds/{type}/{externalId}", path: "/identity/externalIds/c8y_Serial/sn-1");
    }

    private async Task MeasurementsAsync(string device)
    {
        var body =
            $$$$"""{"source":{"id":"{{{{device}}}}"},"type":"c8y_Steam","time":"2020-03-19T12:03:27.845Z","c8y_Steam":{"Temperature":{"unit":"C","value":100}}}""";
        var measurement = await MakeAsync("POST /measurement/measurements", body, "measurement");
        await SendAsync(
            201,
            "POST /measurement/measurements",
            body: $$$"""{"measurements":[{{{body.Replace("27.845", "28.845")}}}]}""",
            type: "measurementCollection"
        );
        await SendAsync(200, "GET /measurement/measurements", query: $"?source={device}&withTotalPages=true");
        await SendAsync(200, "GET /measurement/measurements/{id}", measurement);
        await SendAsync(
            200,
            "GET /measurement/measurements/series",
            query: $"?source={device}&dateFrom=2020-03-19&dateTo=2020-03-20&aggregationType=HOURLY"
        );
        await SendAsync(204, "DELETE /measurement/measurements/{id}", measurement);
        await SendAsync(204, "DELETE /measurement/measurements", query: $"?source={device}");
    }

    private async Task EventsAsync(string device)
    {
        var made = await MakeAsync(
            "POST /event/events",
            $$$"""{"source":{"id":"{{{device}}}"},"type":"c8y_Sms","text":"sent","time":"2020-03-19T12:03:27.845Z"}""",
            "event"
        );
        await SendAsync(200, "GET /event/events", query: $"?source={device}&withTotalElements=true");
        await SendAsync(200, "GET /event/events/{id}", made);
        await SendAsync(200, "PUT /event/events/{id}", made, """{"text":"received"}""", "event");
        await SendAsync(201, "POST /event/events/{id}/binaries", made, "hello", "application/octet-stream");
        await SendAsync(200, "GET /event/events/{id}/binaries", made);
        await SendAsync(201, "PUT /event/events/{id}/binaries", made, "hello again", "application/octet-stream");
        await SendAsync(204, "DELETE /event/events/{id}/binaries", made);
        await SendAsync(204, "DELETE /event/events/{id}", made);
        await SendAsync(204, "DELETE /event/events", query: $"?source={device}");
    }

    private async Task AlarmsAsync(string device)
    {
        var body =
            $$$"""{"source":{"id":"{{{device}}}"},"type":"c8y_Hot","text":"hot","severity":"MAJOR","status":"ACTIVE","time":"2020-03-19T12:03:27.845Z"}""";
        var alarm = await MakeAsync("POST /alarm/alarms", body, "alarm");
        await SendAsync(201, "POST /alarm/alarms", body: body.Replace("27.845", "28.845"), type: "alarm");
        await SendAsync(200, "GET /alarm/alarms", query: $"?source={device}&status=ACTIVE&withTotalPages=true");
        await SendAsync(200, "GET /alarm/alarms/{id}", alarm);
        await SendAsync(200, "PUT /alarm/alarms/{id}", alarm, """{"status":"ACKNOWLEDGED"}""", "alarm");
        await SendAsync(200, "GET /alarm/alarms/count", query: $"?source={device}");
        await SendAsync(201, "POST /alarm/alarms/upsert", body: body.Replace("c8y_Hot", "c8y_Cold"), type: "alarm");
        await SendAsync(200, "PUT /alarm/alarms", body: """{"status":"CLEARED"}""", type: "alarm", query: $"?source={device}");
        await SendAsync(204, "DELETE /alarm/alarms", query: $"?source={device}");
    }

    private async Task OperationsAsync(string device)
    {
        var operation = await MakeAsync(
            "POST /devicecontrol/operations",
            $$$"""{"deviceId":"{{{device}}}","description":"Restart","c8y_Restart":{}}""",
            "operation"
        );
        await SendAsync(200, "GET /devicecontrol/operations", query: $"?agentId={device}&status=PENDING");
        await SendAsync(200, "GET /devicecontrol/operations/{id}", operation);
        await SendAsync(200, "PUT /devicecontrol/operations/{id}", operation, """{"status":"EXECUTING"}""", "operation");
        await SendAsync(200, "PUT /devicecontrol/operations/{id}", operation, """{"status":"SUCCESSFUL"}""", "operation");
        await SendAsync(204, "DELETE /devicecontrol/operations", query: $"?deviceId={device}");
    }

    private async Task RegistrationAsync()
    {
        await SendAsync(201, "POST /devicecontrol/newDeviceRequests", body: """{"id":"5454"}""", type: "newDeviceRequest");
        await SendAsync(200, "GET /devicecontrol/newDeviceRequests");
        const string One = "/devicecontrol/newDeviceRequests/5454";
        await SendAsync(200, "GET /devicecontrol/newDeviceRequests/{requestId}", path: One);
        await SendAsync(
            422,
            "PUT /devicecontrol/newDeviceRequests/{requestId}",
            path: One,
            body: """{"status":"ACCEPTED"}""",
            type: "newDeviceRequest"
        );
        await SendAsync(403, "POST /devicecontrol/deviceCredentials", body: """{"id":"5454"}""", type: "deviceCredentials");
        await SendAsync(204, "DELETE /devicecontrol/newDeviceRequests/{requestId}", path: One);
        var csv =
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.csv\"\r\nContent-Type: text/csv\r\n\r\nID;CREDENTIALS;TYPE;NAME\r\nd1;correct-horse-1;c8y_x;one\r\n--x--\r\n";
        await SendAsync(201, "POST /devicecontrol/bulkNewDeviceRequests", body: csv, type: "multipart/form-data; boundary=x");
    }

    private async Task BulkOperationsAsync(string device)
    {
        var group = await MakeAsync(
            "POST /inventory/managedObjects",
            """{"name":"group","type":"c8y_DeviceGroup","c8y_IsDeviceGroup":{}}""",
            "managedObject"
        );
        await SendAsync(
            201,
            "POST /inventory/managedObjects/{id}/childAssets",
            group,
            $$$"""{"managedObject":{"id":"{{{device}}}"}}""",
            "managedObjectReference"
        );
        var start = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var bulk = await MakeAsync(
            "POST /devicecontrol/bulkoperations",
            $$$$"""{"groupId":"{{{{group}}}}","startDate":"{{{{start}}}}","creationRamp":15,"operationPrototype":{"c8y_Restart":{}}}""",
            "bulkOperation"
        );
        await SendAsync(200, "GET /devicecontrol/bulkoperations");
        await SendAsync(200, "GET /devicecontrol/bulkoperations/{id}", bulk);
        await SendAsync(200, "PUT /devicecontrol/bulkoperations/{id}", bulk, """{"creationRamp":20}""", "bulkOperation");
        await SendAsync(204, "DELETE /devicecontrol/bulkoperations/{id}", bulk);
    }

    private async Task AuditAndRetentionAsync(string device)
    {
        var record = await MakeAsync(
            "POST /audit/auditRecords",
            $$$"""{"type":"Operation","activity":"made","text":"made by hand","time":"2020-03-19T12:03:27.845Z","source":{"id":"{{{device}}}"}}""",
            "auditRecord"
        );
        await SendAsync(200, "GET /audit/auditRecords", query: "?withTotalPages=true");
        await SendAsync(200, "GET /audit/auditRecords/{id}", record);
        var rule = await MakeAsync(
            "POST /retention/retentions",
            """{"dataType":"EVENT","fragmentType":"*","type":"*","source":"*","maximumAge":365}""",
            "retentionRule"
        );
        await SendAsync(200, "GET /retention/retentions");
        await SendAsync(200, "GET /retention/retentions/{id}", rule);
        await SendAsync(
            200,
            "PUT /retention/retentions/{id}",
            rule,
            """{"dataType":"EVENT","fragmentType":"*","type":"*","source":"*","maximumAge":366}""",
            "retentionRule"
        );
        await SendAsync(204, "DELETE /retention/retentions/{id}", rule);
    }

    private async Task TenantAsync()
    {
        await SendAsync(200, "GET /tenant/currentTenant");
        await SendAsync(200, "GET /user/currentUser");
        await SendAsync(200, "PUT /user/currentUser", body: """{"firstName":"Ada"}""", type: "currentUser");
        await SendAsync(200, "GET /tenant/loginOptions");
        var login = $"grant_type=PASSWORD&username={Admin.Name}&password={Uri.EscapeDataString(Admin.Password)}";
        await SendAsync(200, "POST /tenant/oauth", body: login, type: "application/x-www-form-urlencoded", query: "?tenant_id=t1");
        await SendAsync(200, "POST /tenant/oauth/token", body: login, type: "application/x-www-form-urlencoded", query: "?tenant_id=t1");
        await SendAsync(200, "POST /tenant/options", body: """{"category":"cat","key":"k","value":"v"}""", type: "option");
        await SendAsync(200, "GET /tenant/options");
        await SendAsync(200, "GET /tenant/options/{category}", path: "/tenant/options/cat");
        await SendAsync(
            200,
            "PUT /tenant/options/{category}",
            path: "/tenant/options/cat",
            body: """{"k":"v2"}""",
            type: "application/json"
        );
        await SendAsync(200, "GET /tenant/options/{category}/{key}", path: "/tenant/options/cat/k");
        await SendAsync(
            200,
            "PUT /tenant/options/{category}/{key}",
            path: "/tenant/options/cat/k",
            body: """{"value":"v3"}""",
            type: "option"
        );
        await SendAsync(204, "DELETE /tenant/options/{category}/{key}", path: "/tenant/options/cat/k");
        await SendAsync(200, "GET /tenant/system/options");
        await SendAsync(200, "GET /tenant/system/options/{category}/{key}", path: "/tenant/system/options/system/version");
    }

    private async Task NotificationsAsync(string device)
    {
        var subscription = await MakeAsync(
            "POST /notification2/subscriptions",
            $$$"""{"context":"mo","source":{"id":"{{{device}}}"},"subscription":"s1","subscriptionFilter":{"apis":["measurements"]}}""",
            "subscription"
        );
        await SendAsync(200, "GET /notification2/subscriptions");
        await SendAsync(200, "GET /notification2/subscriptions/{id}", subscription);
        var token = await SendAsync(
            200,
            "POST /notification2/token",
            body: """{"subscriber":"c1","subscription":"s1","expiresInMinutes":10}""",
            type: "application/json"
        );
        await SendAsync(200, "POST /notification2/unsubscribe", query: $"?token={(string?)token?["token"]}");
        await SendAsync(204, "DELETE /notification2/subscriptions/{id}", subscription);
        await SendAsync(204, "DELETE /notification2/subscriptions", query: $"?source={device}");
    }

    private async Task BinariesAsync()
    {
        const string Form =
            "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n{\"name\":\"hello.txt\",\"type\":\"application/octet-stream\"}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hello.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nhello\r\n--x--\r\n";
        var binary = await MakeAsync("POST /inventory/binaries", Form, "multipart/form-data; boundary=x");
        await SendAsync(200, "GET /inventory/binaries");
        await SendAsync(200, "GET /inventory/binaries/{id}", binary);
        await SendAsync(201, "PUT /inventory/binaries/{id}", binary, "hello again", "application/octet-stream");
        await SendAsync(204, "DELETE /inventory/binaries/{id}", binary);
        var device = await MakeAsync("POST /inventory/managedObjects", """{"name":"owned","c8y_IsDevice":{}}""", "managedObject");
        await SendAsync(200, "GET /inventory/managedObjects/{id}/user", device);
        await SendAsync(200, "PUT /inventory/managedObjects/{id}/user", device, """{"enabled":true}""", "managedObjectUser");
    }

    private async Task<string> MakeAsync(string operation, string body, string type, string? id = null)
    {
        var made = await SendAsync(201, operation, id, body, type);
        Assert.True(made is not null, string.Join('\n', violations));
        return (string)made["id"]!;
    }

    /// <summary>Asks an operation through Prism and takes note of what it complains of.</summary>
    /// <returns>The answer's JSON, or null where it has none.</returns>
    private async Task<JsonNode?> SendAsync(
        int status,
        string operation,
        string? id = null,
        string? body = null,
        string? type = null,
        string query = "",
        string? child = null,
        string? path = null
    )
    {
        asked.Add(operation);
        var method = operation.Split(' ')[0];
        var target =
            path
            ?? operation.Split(' ')[1].Replace("{id}", id, StringComparison.Ordinal).Replace("{childId}", child, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(target + query, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", "application/vnd.com.nsn.cumulocity.any+json, */*");
        if (body is not null)
        {
            var contentType = type!.Contains('/', StringComparison.Ordinal) ? type : $"application/vnd.com.nsn.cumulocity.{type}+json";
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            if (!Defects.Any(defect => operation == defect.Operation && text.Contains(defect.Complaint, StringComparison.Ordinal)))
            {
                violations.Add($"{operation}: {text}");
            }

            return null;
        }

        Assert.True(status == (int)response.StatusCode, $"{operation}: {(int)response.StatusCode} {text}");
        return text.StartsWith('{') ? JsonNode.Parse(text) : null;
    }
}
