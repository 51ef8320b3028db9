using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Cumulocity.Control;

public sealed class RegistrationTests : IAsyncLifetime
{
    private const string Requests = "/devicecontrol/newDeviceRequests";
    private const string Credentials = "/devicecontrol/deviceCredentials";
    private const string Bootstrap = "management/devicebootstrap:the bootstrap password";

    private ControlServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ControlServer.StartAsync();
        await server.One.Users.SetBootstrapAsync("the bootstrap password", Cancellation);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_device_asks_is_accepted_and_gets_credentials_that_work_once()
    {
        var made = (await server.DoAsync(201, "POST", Requests, """{"id":"SN-1","type":"c8y_Linux"}"""))!;
        Assert.Equal(
            ("WAITING_FOR_CONNECTION", "t1", "c8y_Linux"),
            ((string)made["status"]!, (string)made["tenantId"]!, (string)made["type"]!)
        );
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Requests}/SN-1", """{"status":"ACCEPTED"}""")).Status);

        Assert.Equal(404, (await server.RefusedAsync("POST", Credentials, """{"id":"SN-1"}""", Bootstrap)).Status);
        Assert.Equal("PENDING_ACCEPTANCE", (string)(await server.GetAsync($"{Requests}/SN-1"))!["status"]!);
        await server.DoAsync(200, "PUT", $"{Requests}/SN-1", """{"status":"ACCEPTED"}""");
        var given = (await server.DoAsync(201, "POST", Credentials, """{"id":"SN-1"}""", Bootstrap))!;

        Assert.Equal(("t1", "device_SN-1", "SN-1"), ((string)given["tenantId"]!, (string)given["username"]!, (string)given["id"]!));
        Assert.Equal(404, (await server.RefusedAsync("GET", $"{Requests}/SN-1")).Status);
        Assert.Equal(404, (await server.RefusedAsync("POST", Credentials, """{"id":"SN-1"}""", Bootstrap)).Status);

        // The device works with them, on what is its own.
        var login = $"t1/device_SN-1:{given["password"]}";
        var own = await server.AddAgentAsync("own", owner: "device_SN-1");
        await server.DoAsync(
            201,
            "POST",
            "/alarm/alarms",
            $$"""{"source":{"id":"{{own.Id}}"},"type":"t","text":"x","severity":"MAJOR","time":"2020-01-01T00:00:00Z"}""",
            login
        );
        Assert.Equal(403, (await server.RefusedAsync("GET", Requests, null, login)).Status);
        Assert.Equal(403, (await server.RefusedAsync("POST", Credentials, """{"id":"x"}""", login)).Status);

        // Expected once more, it gets another password.
        await server.DoAsync(201, "POST", Requests, """{"id":"SN-1"}""");
        var again = await AskUntilGivenAsync("SN-1");
        Assert.NotEqual((string)given["password"]!, (string)again["password"]!);
    }

    [Fact]
    public async Task The_bootstrap_login_opens_nothing_else()
    {
        foreach (
            var path in new[]
            {
                Requests,
                "/alarm/alarms",
                "/devicecontrol/operations",
                "/audit/auditRecords",
                "/devicecontrol/bulkoperations",
            }
        )
        {
            Assert.Equal(403, (await server.RefusedAsync("GET", path, null, Bootstrap)).Status);
        }

        Assert.Equal(401, (await server.RefusedAsync("POST", Credentials, """{"id":"x"}""", "management/devicebootstrap:wrong")).Status);
        Assert.Equal(404, (await server.RefusedAsync("POST", Credentials, """{"id":"nobody"}""", Bootstrap)).Status);
        Assert.Equal(404, (await server.RefusedAsync("POST", Credentials, """{"id":"a/b\u0000"}""", Bootstrap)).Status);
        Assert.Equal(422, (await server.RefusedAsync("POST", Credentials, "{}", Bootstrap)).Status);
    }

    [Fact]
    public async Task A_security_token_that_the_device_sends_must_be_repeated()
    {
        await server.DoAsync(201, "POST", Requests, """{"id":"SN-2"}""");
        await server.RefusedAsync("POST", Credentials, """{"id":"SN-2","securityToken":"secret"}""", Bootstrap);

        Assert.Equal("[]", (await server.DoAsync(200, "POST", $"{Requests}/acceptAll", ""))!.ToJsonString());
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Requests}/SN-2", """{"status":"ACCEPTED"}""")).Status);
        Assert.Equal(422, (await server.RefusedAsync("PUT", $"{Requests}/SN-2", """{"status":"ACCEPTED","securityToken":"no"}""")).Status);
        await server.DoAsync(200, "PUT", $"{Requests}/SN-2", """{"status":"ACCEPTED","securityToken":"secret"}""");
        await server.DoAsync(201, "POST", Credentials, """{"id":"SN-2"}""", Bootstrap);
    }

    [Fact]
    public async Task A_device_is_expected_by_one_tenant_and_once()
    {
        await server.Cloud.AddTenantAsync("t2");
        await server.DoAsync(201, "POST", Requests, """{"id":"SN-3"}""");

        Assert.Equal(
            (409, "devicecontrol/Duplicate"),
            (await server.RefusedAsync("POST", Requests, """{"id":"SN-3"}""")) is var r ? (r.Status, r.Error) : default
        );
        var registration = new Domain.Registration.DeviceRegistration(
            server.Cloud.Store,
            server.One.Users,
            server.One.Devices,
            server.Cloud.Time
        );
        var refused = await Assert.ThrowsAsync<Domain.DomainException>(() =>
            registration.CreateAsync("t2", "SN-3", null, null, null, Cancellation)
        );
        Assert.Equal(Domain.Refusal.Exists, refused.Refusal);
        await server.DoAsync(204, "DELETE", $"{Requests}/SN-3");
        await registration.CreateAsync("t2", "SN-3", null, null, null, Cancellation);
    }

    [Fact]
    public async Task Many_who_ask_at_once_get_one_password()
    {
        await server.DoAsync(201, "POST", Requests, """{"id":"SN-4"}""");
        await server.RefusedAsync("POST", Credentials, """{"id":"SN-4"}""", Bootstrap);
        Assert.Single((await server.DoAsync(200, "POST", $"{Requests}/acceptAll", ""))!.AsArray());

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => server.AskAsync("POST", Credentials, """{"id":"SN-4"}""", Bootstrap))
        );

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(9, answers.Count(answer => answer.Status == 404));
    }

    [Fact]
    public async Task Requests_are_listed_and_there_is_no_limit()
    {
        for (var i = 0; i < 3; i++)
        {
            await server.DoAsync(201, "POST", Requests, $$"""{"id":"d{{i}}"}""");
        }

        var page = (await server.GetAsync($"{Requests}?pageSize=2&withTotalPages=true"))!;
        Assert.Equal(["d0", "d1"], page["newDeviceRequests"]!.AsArray().Select(request => (string)request!["id"]!));
        Assert.Equal(2, (int)page["statistics"]!["totalPages"]!);
        Assert.False((bool)(await server.GetAsync($"{Requests}/limit"))!["isReached"]!);
    }

    [Fact]
    public async Task A_device_cannot_be_expected_in_a_group_that_is_not_there()
    {
        foreach (var group in new[] { "4711", "no id" })
        {
            var (status, _, message) = await server.RefusedAsync("POST", Requests, $$"""{"id":"SN-6","groupId":"{{group}}"}""");
            Assert.Equal((422, true), (status, message.Contains(group, StringComparison.Ordinal)));
        }

        await server.DoAsync(201, "POST", Requests, """{"id":"SN-6"}""");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":"a/b"}""")]
    [InlineData("""{"id":"a:b"}""")]
    [InlineData("""{"id":{}}""")]
    [InlineData("""{"id":"x\u0000"}""")]
    public async Task Wrong_requests_are_refused(string body) =>
        Assert.Equal(422, (await server.RefusedAsync("POST", Requests, body)).Status);

    [Fact]
    public async Task A_file_registers_devices_with_users_groups_and_properties()
    {
        const string Csv = """
            ID;CREDENTIALS;TYPE;NAME;ICCID;IDTYPE;PATH;SHELL;com_cumulocity_model_Agent.active;external-c8y_Imei
            id_101;AbcD1234!1234AbcD;type_of_device;Device 101;111;;csv device/subgroup0;1;true;4711
            id_102;AbcD1234!1234AbcD;type_of_device;"Device; 102";;c8y_Other;csv device/subgroup0;0;;
            id_103;x;type_of_device;Device 103;;;;;;
            ;AbcD1234;;;;;;;;
            """;

        var answer = (await SendFileAsync(Csv))!;

        Assert.Equal((4, 2, 2, 2), Numbers(answer));
        Assert.DoesNotContain("AbcD1234", answer.ToJsonString(), StringComparison.Ordinal);
        var first = await FindAsync("c8y_Serial", "id_101");
        Assert.Equal(("Device 101", "type_of_device", "device_id_101"), (first.Name, first.Type, first.Owner));
        Assert.Equal(
            """{"c8y_IsDevice":{},"c8y_Mobile":{"iccid":"111"},"c8y_SupportedOperations":["c8y_Command"],"com_cumulocity_model_Agent":{"active":"true"}}""",
            first.Fragments.ToJsonString()
        );
        Assert.Equal(first.Id, (await FindAsync("c8y_Imei", "4711")).Id);
        var second = await FindAsync("c8y_Other", "id_102");
        Assert.Equal("Device; 102", second.Name);
        var group = (await server.One.Devices.GetAsync(TestCloud.Tenant, Assert.Single(second.AssetParents), Cancellation)).Value;
        Assert.Equal(("subgroup0", Assert.Single(first.AssetParents)), (group.Name, group.Id));
        Assert.Equal("c8y_DeviceSubgroup", group.Type);
        var login = await server.One.Logins.LogInAsync("t1/device_id_101", "AbcD1234!1234AbcD", Cancellation);
        Assert.Equal([Roles.Device], login.User!.Roles);

        var again = (await SendFileAsync(Csv))!;
        Assert.Equal(0, (int)again["numberOfCreated"]!);
        Assert.Equal(2, again["credentialUpdatedList"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_file_without_credentials_expects_its_devices()
    {
        Assert.Equal((2, 2, 0, 2), Numbers((await SendFileAsync("id,PATH\nsn-8,\nsn-9,plant/hall"))!));
        Assert.Equal(2, (await server.GetAsync(Requests))!["newDeviceRequests"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NAME;TYPE\na;b")]
    [InlineData("ID;ID\na;b")]
    [InlineData("ID;CREDENTIALS\n\"a;b")]
    public async Task Wrong_files_are_refused(string csv)
    {
        using var response = await PostFileAsync(csv);
        Assert.Equal(422, (int)response.StatusCode);
    }

    private async Task<JsonNode> AskUntilGivenAsync(string id)
    {
        await server.RefusedAsync("POST", Credentials, $$"""{"id":"{{id}}"}""", Bootstrap);
        await server.DoAsync(200, "PUT", $"{Requests}/{id}", """{"status":"ACCEPTED"}""");
        return (await server.DoAsync(201, "POST", Credentials, $$"""{"id":"{{id}}"}""", Bootstrap))!;
    }

    private async Task<DeviceTwin> FindAsync(string type, string id) =>
        (await server.One.Devices.FindByExternalIdAsync(TestCloud.Tenant, new ExternalId(type, id), Cancellation))!.Value;

    private async Task<JsonNode?> SendFileAsync(string csv)
    {
        using var response = await PostFileAsync(csv);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode == 201, text);
        return JsonNode.Parse(text);
    }

    private async Task<HttpResponseMessage> PostFileAsync(string csv)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), "file", "devices.csv" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/devicecontrol/bulkNewDeviceRequests") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.TokenOf("user"));
        request.Headers.Accept.ParseAdd("application/json");
        return await server.Http.SendAsync(request, Cancellation);
    }

    private static (int All, int Created, int Failed, int Successful) Numbers(JsonNode answer) =>
        ((int)answer["numberOfAll"]!, (int)answer["numberOfCreated"]!, (int)answer["numberOfFailed"]!, (int)answer["numberOfSuccessful"]!);
}
