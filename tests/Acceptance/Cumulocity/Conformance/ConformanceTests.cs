namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>Every operation in scope, asked as a client does, through Prism with the official schemas: no answer breaks them.</summary>
public sealed class ConformanceTests : IAsyncLifetime
{
    private PrismClient prism = null!;

    public async ValueTask InitializeAsync() => prism = await PrismClient.StartAsync();

    public async ValueTask DisposeAsync() => await (prism?.DisposeAsync() ?? ValueTask.CompletedTask);

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
        await prism.SendAsync(204, "DELETE /inventory/managedObjects/{id}", device);
        await prism.SendAsync(200, "POST /user/logout");

        var notAsked = Operations.All.Select(operation => operation.ToString()).Except(prism.Asked).ToList();
        Assert.True(prism.Violations.Count == 0, string.Join('\n', prism.Violations));
        Assert.Empty(notAsked);
    }

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
            await prism.SendAsync(200, $"GET /{root}");
        }
    }

    private async Task<string> InventoryAsync()
    {
        const string Agent =
            """{"name":"agent","type":"c8y_Linux","c8y_IsDevice":{},"com_cumulocity_model_Agent":{},"c8y_SupportedOperations":["c8y_Restart"],"c8y_RequiredAvailability":{"responseInterval":10}}""";
        var device = await prism.MakeAsync("POST /inventory/managedObjects", Agent, "managedObject");
        await prism.SendAsync(200, "GET /inventory/managedObjects/{id}", device);
        await prism.SendAsync(
            200,
            "PUT /inventory/managedObjects/{id}",
            device,
            """{"c8y_Position":{"lat":1.5,"lng":2}}""",
            "managedObject"
        );
        await prism.SendAsync(
            200,
            "GET /inventory/managedObjects",
            query: "?pageSize=1&withTotalPages=true&withTotalElements=true&query=name eq 'a*'"
        );
        await prism.SendAsync(
            200,
            "PUT /inventory/managedObjects",
            body: $$$"""{"managedObjects":[{"id":"{{{device}}}","x_a":1}]}""",
            type: "managedObjectCollection"
        );
        foreach (var relation in new[] { "childDevices", "childAssets", "childAdditions" })
        {
            var child = await prism.MakeAsync(
                $"POST /inventory/managedObjects/{{id}}/{relation}",
                """{"name":"child"}""",
                "managedObject",
                device
            );
            await prism.SendAsync(200, $"GET /inventory/managedObjects/{{id}}/{relation}", device);
            await prism.SendAsync(200, $"GET /inventory/managedObjects/{{id}}/{relation}/{{childId}}", device, child: child);
            await prism.SendAsync(204, $"DELETE /inventory/managedObjects/{{id}}/{relation}/{{childId}}", device, child: child);
            await prism.SendAsync(
                201,
                $"POST /inventory/managedObjects/{{id}}/{relation}",
                device,
                $$$"""{"managedObject":{"id":"{{{child}}}"}}""",
                "managedObjectReference"
            );
            await prism.SendAsync(
                204,
                $"DELETE /inventory/managedObjects/{{id}}/{relation}",
                device,
                $$$"""{"references":[{"managedObject":{"id":"{{{child}}}"}}]}""",
                "managedObjectReferenceCollection"
            );
        }

        await prism.SendAsync(200, "GET /inventory/managedObjects/{id}/supportedMeasurements", device);
        await prism.SendAsync(200, "GET /inventory/managedObjects/{id}/supportedSeries", device);
        await prism.SendAsync(200, "GET /inventory/managedObjects/{id}/availability", device);
        return device;
    }

    private async Task IdentityAsync(string device)
    {
        await prism.SendAsync(
            201,
            "POST /identity/globalIds/{id}/externalIds",
            device,
            """{"type":"c8y_Serial","externalId":"sn-1"}""",
            "externalId"
        );
        await prism.SendAsync(200, "GET /identity/globalIds/{id}/externalIds", device);
        await prism.SendAsync(200, "GET /identity/externalIds/{type}/{externalId}", path: "/identity/externalIds/c8y_Serial/sn-1");
        await prism.SendAsync(
            200,
            "POST /identity/search",
            body: """{"externalIds":[{"type":"c8y_Serial","externalId":"sn-1"}]}""",
            type: "externalIdCollection"
        );
        await prism.SendAsync(204, "DELETE /identity/externalIds/{type}/{externalId}", path: "/identity/externalIds/c8y_Serial/sn-1");
    }

    private async Task MeasurementsAsync(string device)
    {
        var body =
            $$$$"""{"source":{"id":"{{{{device}}}}"},"type":"c8y_Steam","time":"2020-03-19T12:03:27.845Z","c8y_Steam":{"Temperature":{"unit":"C","value":100}}}""";
        var measurement = await prism.MakeAsync("POST /measurement/measurements", body, "measurement");
        await prism.SendAsync(
            201,
            "POST /measurement/measurements",
            body: $$$"""{"measurements":[{{{body.Replace("27.845", "28.845")}}}]}""",
            type: "measurementCollection"
        );
        await prism.SendAsync(200, "GET /measurement/measurements", query: $"?source={device}&withTotalPages=true");
        await prism.SendAsync(200, "GET /measurement/measurements/{id}", measurement);
        await prism.SendAsync(
            200,
            "GET /measurement/measurements/series",
            query: $"?source={device}&dateFrom=2020-03-19&dateTo=2020-03-20&aggregationType=HOURLY"
        );
        await prism.SendAsync(204, "DELETE /measurement/measurements/{id}", measurement);
        await prism.SendAsync(204, "DELETE /measurement/measurements", query: $"?source={device}");
    }

    private async Task EventsAsync(string device)
    {
        var made = await prism.MakeAsync(
            "POST /event/events",
            $$$"""{"source":{"id":"{{{device}}}"},"type":"c8y_Sms","text":"sent","time":"2020-03-19T12:03:27.845Z"}""",
            "event"
        );
        await prism.SendAsync(200, "GET /event/events", query: $"?source={device}&withTotalElements=true");
        await prism.SendAsync(200, "GET /event/events/{id}", made);
        await prism.SendAsync(200, "PUT /event/events/{id}", made, """{"text":"received"}""", "event");
        await prism.SendAsync(201, "POST /event/events/{id}/binaries", made, "hello", "application/octet-stream");
        await prism.SendAsync(200, "GET /event/events/{id}/binaries", made);
        await prism.SendAsync(201, "PUT /event/events/{id}/binaries", made, "hello again", "application/octet-stream");
        await prism.SendAsync(204, "DELETE /event/events/{id}/binaries", made);
        await prism.SendAsync(204, "DELETE /event/events/{id}", made);
        await prism.SendAsync(204, "DELETE /event/events", query: $"?source={device}");
    }

    private async Task AlarmsAsync(string device)
    {
        var body =
            $$$"""{"source":{"id":"{{{device}}}"},"type":"c8y_Hot","text":"hot","severity":"MAJOR","status":"ACTIVE","time":"2020-03-19T12:03:27.845Z"}""";
        var alarm = await prism.MakeAsync("POST /alarm/alarms", body, "alarm");
        await prism.SendAsync(201, "POST /alarm/alarms", body: body.Replace("27.845", "28.845"), type: "alarm");
        await prism.SendAsync(200, "GET /alarm/alarms", query: $"?source={device}&status=ACTIVE&withTotalPages=true");
        await prism.SendAsync(200, "GET /alarm/alarms/{id}", alarm);
        await prism.SendAsync(200, "PUT /alarm/alarms/{id}", alarm, """{"status":"ACKNOWLEDGED"}""", "alarm");
        await prism.SendAsync(200, "GET /alarm/alarms/count", query: $"?source={device}");
        await prism.SendAsync(201, "POST /alarm/alarms/upsert", body: body.Replace("c8y_Hot", "c8y_Cold"), type: "alarm");
        await prism.SendAsync(200, "PUT /alarm/alarms", body: """{"status":"CLEARED"}""", type: "alarm", query: $"?source={device}");
        await prism.SendAsync(204, "DELETE /alarm/alarms", query: $"?source={device}");
    }

    private async Task OperationsAsync(string device)
    {
        var operation = await prism.MakeAsync(
            "POST /devicecontrol/operations",
            $$$"""{"deviceId":"{{{device}}}","description":"Restart","c8y_Restart":{}}""",
            "operation"
        );
        await prism.SendAsync(200, "GET /devicecontrol/operations", query: $"?agentId={device}&status=PENDING");
        await prism.SendAsync(200, "GET /devicecontrol/operations/{id}", operation);
        await prism.SendAsync(200, "PUT /devicecontrol/operations/{id}", operation, """{"status":"EXECUTING"}""", "operation");
        await prism.SendAsync(200, "PUT /devicecontrol/operations/{id}", operation, """{"status":"SUCCESSFUL"}""", "operation");
        await prism.SendAsync(204, "DELETE /devicecontrol/operations", query: $"?deviceId={device}");
    }

    private async Task RegistrationAsync()
    {
        await prism.SendAsync(201, "POST /devicecontrol/newDeviceRequests", body: """{"id":"5454"}""", type: "newDeviceRequest");
        await prism.SendAsync(200, "GET /devicecontrol/newDeviceRequests");
        const string One = "/devicecontrol/newDeviceRequests/5454";
        await prism.SendAsync(200, "GET /devicecontrol/newDeviceRequests/{requestId}", path: One);
        await prism.SendAsync(
            422,
            "PUT /devicecontrol/newDeviceRequests/{requestId}",
            path: One,
            body: """{"status":"ACCEPTED"}""",
            type: "newDeviceRequest"
        );
        await prism.SendAsync(403, "POST /devicecontrol/deviceCredentials", body: """{"id":"5454"}""", type: "deviceCredentials");
        await prism.SendAsync(204, "DELETE /devicecontrol/newDeviceRequests/{requestId}", path: One);
        var csv =
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.csv\"\r\nContent-Type: text/csv\r\n\r\nID;CREDENTIALS;TYPE;NAME\r\nd1;correct-horse-1;c8y_x;one\r\n--x--\r\n";
        await prism.SendAsync(201, "POST /devicecontrol/bulkNewDeviceRequests", body: csv, type: "multipart/form-data; boundary=x");
    }

    private async Task BulkOperationsAsync(string device)
    {
        var group = await prism.MakeAsync(
            "POST /inventory/managedObjects",
            """{"name":"group","type":"c8y_DeviceGroup","c8y_IsDeviceGroup":{}}""",
            "managedObject"
        );
        await prism.SendAsync(
            201,
            "POST /inventory/managedObjects/{id}/childAssets",
            group,
            $$$"""{"managedObject":{"id":"{{{device}}}"}}""",
            "managedObjectReference"
        );
        var bulk = await prism.MakeAsync(
            "POST /devicecontrol/bulkoperations",
            $$$$"""{"groupId":"{{{{group}}}}","startDate":"2099-01-01T00:00:00.000Z","creationRamp":15,"operationPrototype":{"c8y_Restart":{}}}""",
            "bulkOperation"
        );
        await prism.SendAsync(200, "GET /devicecontrol/bulkoperations");
        await prism.SendAsync(200, "GET /devicecontrol/bulkoperations/{id}", bulk);
        await prism.SendAsync(200, "PUT /devicecontrol/bulkoperations/{id}", bulk, """{"creationRamp":20}""", "bulkOperation");
        await prism.SendAsync(204, "DELETE /devicecontrol/bulkoperations/{id}", bulk);
    }

    private async Task AuditAndRetentionAsync(string device)
    {
        var record = await prism.MakeAsync(
            "POST /audit/auditRecords",
            $$$"""{"type":"Operation","activity":"made","text":"made by hand","time":"2020-03-19T12:03:27.845Z","source":{"id":"{{{device}}}"}}""",
            "auditRecord"
        );
        await prism.SendAsync(200, "GET /audit/auditRecords", query: "?withTotalPages=true");
        await prism.SendAsync(200, "GET /audit/auditRecords/{id}", record);
        var rule = await prism.MakeAsync(
            "POST /retention/retentions",
            """{"dataType":"EVENT","fragmentType":"*","type":"*","source":"*","maximumAge":365}""",
            "retentionRule"
        );
        await prism.SendAsync(200, "GET /retention/retentions");
        await prism.SendAsync(200, "GET /retention/retentions/{id}", rule);
        await prism.SendAsync(
            200,
            "PUT /retention/retentions/{id}",
            rule,
            """{"dataType":"EVENT","fragmentType":"*","type":"*","source":"*","maximumAge":366}""",
            "retentionRule"
        );
        await prism.SendAsync(204, "DELETE /retention/retentions/{id}", rule);
    }

    private async Task TenantAsync()
    {
        await prism.SendAsync(200, "GET /tenant/currentTenant");
        await prism.SendAsync(200, "GET /user/currentUser");
        await prism.SendAsync(200, "PUT /user/currentUser", body: """{"firstName":"Ada"}""", type: "currentUser");
        await prism.SendAsync(200, "GET /tenant/loginOptions");
        var login = $"grant_type=PASSWORD&username={PrismClient.Admin.Name}&password={Uri.EscapeDataString(PrismClient.Admin.Password)}";
        await prism.SendAsync(200, "POST /tenant/oauth", body: login, type: "application/x-www-form-urlencoded", query: "?tenant_id=t1");
        await prism.SendAsync(
            200,
            "POST /tenant/oauth/token",
            body: login,
            type: "application/x-www-form-urlencoded",
            query: "?tenant_id=t1"
        );
        await prism.SendAsync(200, "POST /tenant/options", body: """{"category":"cat","key":"k","value":"v"}""", type: "option");
        await prism.SendAsync(200, "GET /tenant/options");
        await prism.SendAsync(200, "GET /tenant/options/{category}", path: "/tenant/options/cat");
        await prism.SendAsync(
            200,
            "PUT /tenant/options/{category}",
            path: "/tenant/options/cat",
            body: """{"k":"v2"}""",
            type: "application/json"
        );
        await prism.SendAsync(200, "GET /tenant/options/{category}/{key}", path: "/tenant/options/cat/k");
        await prism.SendAsync(
            200,
            "PUT /tenant/options/{category}/{key}",
            path: "/tenant/options/cat/k",
            body: """{"value":"v3"}""",
            type: "option"
        );
        await prism.SendAsync(204, "DELETE /tenant/options/{category}/{key}", path: "/tenant/options/cat/k");
        await prism.SendAsync(200, "GET /tenant/system/options");
        await prism.SendAsync(200, "GET /tenant/system/options/{category}/{key}", path: "/tenant/system/options/system/version");
    }

    private async Task NotificationsAsync(string device)
    {
        var subscription = await prism.MakeAsync(
            "POST /notification2/subscriptions",
            $$$"""{"context":"mo","source":{"id":"{{{device}}}"},"subscription":"s1","subscriptionFilter":{"apis":["measurements"]}}""",
            "subscription"
        );
        await prism.SendAsync(200, "GET /notification2/subscriptions");
        await prism.SendAsync(200, "GET /notification2/subscriptions/{id}", subscription);
        var token = await prism.SendAsync(
            200,
            "POST /notification2/token",
            body: """{"subscriber":"c1","subscription":"s1","expiresInMinutes":10}""",
            type: "application/json"
        );
        await prism.SendAsync(200, "POST /notification2/unsubscribe", query: $"?token={(string?)token?["token"]}");
        await prism.SendAsync(204, "DELETE /notification2/subscriptions/{id}", subscription);
        await prism.SendAsync(204, "DELETE /notification2/subscriptions", query: $"?source={device}");
    }

    private async Task BinariesAsync()
    {
        const string Form =
            "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n{\"name\":\"hello.txt\",\"type\":\"application/octet-stream\"}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"hello.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nhello\r\n--x--\r\n";
        var binary = await prism.MakeAsync("POST /inventory/binaries", Form, "multipart/form-data; boundary=x");
        await prism.SendAsync(200, "GET /inventory/binaries");
        await prism.SendAsync(200, "GET /inventory/binaries/{id}", binary);
        await prism.SendAsync(201, "PUT /inventory/binaries/{id}", binary, "hello again", "application/octet-stream");
        await prism.SendAsync(204, "DELETE /inventory/binaries/{id}", binary);
        var device = await prism.MakeAsync("POST /inventory/managedObjects", """{"name":"owned","c8y_IsDevice":{}}""", "managedObject");
        await prism.SendAsync(200, "GET /inventory/managedObjects/{id}/user", device);
        await prism.SendAsync(200, "PUT /inventory/managedObjects/{id}/user", device, """{"enabled":true}""", "managedObjectUser");
    }
}
