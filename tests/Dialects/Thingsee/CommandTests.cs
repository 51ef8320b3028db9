using System.Text.Json.Nodes;
using Serverless.Domain.Commands;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Thingsee;

public sealed class CommandTests
{
    private const string Tuid = "TSPR04E2O90201558";
    private const string Path = $"/v1/things/{Tuid}/commands";

    private const string Configuration =
        """[{"tsmId":1500,"tsmEv":30,"tsmTs":1492603998,"tsmDstTuid":"TSPR04E2O90201558","transactionId":1,"measurementInterval":10,"reportInterval":60}]""";

    [Theory]
    [InlineData("\"measurementInterval\":10,\"reportInterval\":60", "acknowledged", null)]
    [InlineData("\"measurementInterval\":10.0,\"reportInterval\":60,\"more\":1", "acknowledged", null)]
    [InlineData("\"measurementInterval\":30,\"reportInterval\":60", "failed", "The device shows measurementInterval as 30 instead of 10.")]
    [InlineData("\"measurementInterval\":10", "failed", "The device's echo does not show reportInterval.")]
    public async Task The_echo_ends_the_command_and_is_compared_with_what_was_asked(string members, string state, string? failure)
    {
        await using var server = await StartAsync();
        await server.PostAsync(Path, Configuration);
        Assert.Equal("queued", (string)(await ListAsync(server))[0]!["state"]!);

        await EchoAsync(server, $"\"tsmEv\":31,\"transactionId\":1,{members}");

        var shown = Assert.Single(await ListAsync(server))!;
        Assert.Equal((state, failure), ((string)shown["state"]!, (string?)shown["failure"]));
        Assert.Equal((Tuid, ThingseeServer.Client), ((string)shown["tuid"]!, (string)shown["responsible"]!));
        Assert.Equal(1492603998, (int)shown["command"]!["tsmTs"]!);
    }

    [Fact]
    public async Task What_the_client_leaves_out_is_filled_in()
    {
        await using var server = await StartAsync();

        var answer = await server.AskAsync(
            "POST",
            Path,
            """[{"tsmId":1500,"tsmEv":30,"measurementInterval":10},{"tsmId":1501,"tsmEv":30}]"""
        );

        var (first, second) = (answer.Body["data"]!["commands"]![0]!, answer.Body["data"]!["commands"]![1]!);
        Assert.Equal((Tuid, 1772366400L), ((string)first["tsmDstTuid"]!, (long)first["tsmTs"]!));
        Assert.NotEqual((int)first["transactionId"]!, (int)second["transactionId"]!);
        Assert.Equal(2, (await ListAsync(server)).Count);

        // The device gets an array of the one message.
        var (page, _) = await server.One.Commands.ListAsync(TestCloud.Tenant, null, null, false, 10, null, TestCloud.Cancellation);
        Assert.Equal(first.ToJsonString(), Assert.Single(page[0].Value.Payload.AsArray())!.ToJsonString());
        Assert.Equal((CommandReply.Echo, (string)first["transactionId"]!.ToString()), (page[0].Value.Reply, page[0].Value.TransactionId));
        Assert.Equal("""{"measurementInterval":10}""", page[0].Value.Expected!.ToJsonString());
        Assert.Null(page[1].Value.Expected);
    }

    [Fact]
    public async Task Reading_a_configuration_takes_any_echo()
    {
        await using var server = await StartAsync();
        await server.PostAsync(Path, """[{"tsmId":1500,"tsmEv":30,"transactionId":5}]""");

        await EchoAsync(server, "\"tsmEv\":31,\"transactionId\":5,\"measurementInterval\":3600");

        Assert.Equal("acknowledged", (string)(await ListAsync(server))[0]!["state"]!);
    }

    [Theory]
    [InlineData(1402, 35, "\"command\":\"REBOOT\"", "\"tsmEv\":36,\"result\":0,\"payload\":\"\"", "acknowledged")]
    [InlineData(1402, 35, "\"command\":\"REBOOT\"", "\"tsmEv\":36,\"result\":-1,\"payload\":\"busy\"", "failed")]
    [InlineData(1300, 25, "\"binaries\":[{\"binaryVersion\":\"1\",\"binaryUrl\":\"u\"}]", "\"tsmEv\":26,\"result\":\"ok\"", "acknowledged")]
    [InlineData(1300, 25, "\"binaries\":[]", "\"tsmEv\":26,\"result\":\"fail\",\"resultReason\":\"SHA\"", "failed")]
    [InlineData(1101, 32, "\"requestTsmId\":1112", "\"tsmEv\":33,\"uptime\":9", "acknowledged")]
    [InlineData(1400, 27, "\"level\":1", "\"tsmEv\":28,\"log\":\"x\"", "acknowledged")]
    public async Task Other_answers_say_of_themselves_how_it_went(int id, int number, string asked, string answered, string state)
    {
        await using var server = await StartAsync();
        await server.PostAsync(Path, $$"""[{"tsmId":{{id}},"tsmEv":{{number}},"transactionId":5,{{asked}}}]""");

        await EchoAsync(server, $"\"transactionId\":5,{answered}");

        Assert.Equal(state, (string)(await ListAsync(server))[0]!["state"]!);
    }

    [Theory]
    [InlineData("\"tsmEv\":31,\"measurementInterval\":10,\"reportInterval\":60")]
    [InlineData("\"tsmEv\":31,\"transactionId\":2,\"measurementInterval\":10,\"reportInterval\":60")]
    [InlineData("\"tsmEv\":10,\"transactionId\":1,\"measurementInterval\":10,\"reportInterval\":60")]
    public async Task An_echo_of_no_command_changes_nothing(string members)
    {
        await using var server = await StartAsync();
        await server.PostAsync(Path, Configuration);

        await EchoAsync(server, members);

        Assert.Equal("queued", (string)(await ListAsync(server))[0]!["state"]!);
    }

    [Fact]
    public async Task An_echo_of_another_thing_changes_nothing_and_a_second_one_neither()
    {
        await using var server = await StartAsync();
        await server.PostAsync(Path, Configuration);
        await EchoAsync(server, "\"tsmEv\":31,\"transactionId\":1,\"measurementInterval\":10,\"reportInterval\":60", "TSOTHER1");
        Assert.Equal("queued", (string)(await ListAsync(server))[0]!["state"]!);

        await EchoAsync(server, "\"tsmEv\":31,\"transactionId\":1,\"measurementInterval\":10,\"reportInterval\":60");
        await EchoAsync(server, "\"tsmEv\":31,\"transactionId\":1,\"measurementInterval\":99,\"reportInterval\":60");

        Assert.Equal("acknowledged", (string)(await ListAsync(server))[0]!["state"]!);
    }

    [Fact]
    public async Task The_same_message_again_is_the_same_command_and_another_may_not_have_its_transaction()
    {
        await using var server = await StartAsync();
        await server.PostAsync(Path, Configuration);

        await server.PostAsync(Path, Configuration.Replace("1492603998", "1492604000"));
        var (status, body) = await server.AskAsync("POST", Path, """[{"tsmId":1501,"tsmEv":30,"transactionId":1}]""");

        Assert.Equal((409, "Conflict"), (status, (string)body["error"]!));
        Assert.Single(await ListAsync(server));
        await EchoAsync(server, "\"tsmEv\":31,\"transactionId\":1,\"measurementInterval\":10,\"reportInterval\":60");
        await server.PostAsync(Path, """[{"tsmId":1501,"tsmEv":30,"transactionId":1}]""");
        Assert.Equal(2, (await ListAsync(server)).Count);
    }

    [Fact]
    public async Task Of_fifty_messages_with_one_transaction_at_one_moment_one_is_taken()
    {
        await using var server = await StartAsync();

        var different = await Task.WhenAll(
            Enumerable
                .Range(1, 50)
                .Select(i =>
                    server.AskAsync("POST", Path, $$"""[{"tsmId":1500,"tsmEv":30,"transactionId":9,"measurementInterval":{{i}}}]""")
                )
        );
        var same = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.AskAsync("POST", Path, Configuration)));

        Assert.Equal([(200, 1), (409, 49)], different.CountBy(answer => answer.Status).OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
        Assert.All(same, answer => Assert.Equal(200, answer.Status));
        var commands = (await ListAsync(server)).Select(shown => shown!["command"]!).ToList();
        Assert.Equal([1, 9], commands.Select(command => (int)command["transactionId"]!).Order());
        var taken = different.Single(answer => answer.Status == 200).Body["data"]!["commands"]![0]!;
        Assert.Equal(
            (int)taken["measurementInterval"]!,
            (int)commands.Single(command => (int)command["transactionId"]! == 9)["measurementInterval"]!
        );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[5]")]
    [InlineData("""[{"tsmEv":30}]""")]
    [InlineData("""[{"tsmId":1500}]""")]
    [InlineData("""[{"tsmId":12100,"tsmEv":30}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":31}]""")]
    [InlineData("""[{"tsmId":"1500","tsmEv":30}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30,"tsmDstTuid":"OTHER"}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30,"tsmTs":"now"}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30,"transactionId":-1}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30,"transactionId":2147483648}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30,"transactionId":null}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30,"transactionId":1},{"tsmId":1501,"tsmEv":30,"transactionId":1}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30,"a":1,"a":2}]""")]
    [InlineData("""[{"tsmId":1500,"tsmEv":30},{"tsmId":1,"tsmEv":30}]""")]
    public async Task A_wrong_command_is_refused_and_none_is_given(string body)
    {
        await using var server = await StartAsync();

        var (status, answer) = await server.AskAsync("POST", Path, body);

        Assert.Equal((400, 400), (status, (int)answer["statusCode"]!));
        Assert.NotEmpty((string)answer["message"]!);
        Assert.Empty(await ListAsync(server));
    }

    [Fact]
    public async Task Commands_of_other_doors_are_shown_with_their_payload()
    {
        await using var server = await StartAsync();
        var thing = await server.ThingAsync(Tuid);
        var foreign = new NewCommand
        {
            Device = thing.Id,
            Dialect = "test",
            Payload = new JsonObject { ["on"] = true },
        };
        await server.One.Commands.CreateAsync(TestCloud.Tenant, foreign, TestCloud.Cancellation);
        server.Cloud.Time.Advance(TimeSpan.FromSeconds(1));
        await server.PostAsync(Path, Configuration);

        var all = await ListAsync(server);

        Assert.Equal([1500, 0], all.Select(command => (int)command!["command"]!["tsmId"]!));
        Assert.Equal(
            $$$"""{"tuid":"{{{Tuid}}}","timestamp":1772366400,"responsible":null,"command":{"tsmId":0,"tsmEv":0,"tsmTs":1772366400,"tsmDstTuid":"{{{Tuid}}}","payload":{"on":true}},"state":"queued"}""",
            all[1]!.ToJsonString()
        );
        Assert.Single((await server.AskAsync("GET", $"{Path}?limit=1")).Body["data"]!.AsArray());
        Assert.Equal(2, (await server.AskAsync("GET", $"{Path}?limit=0")).Body["data"]!.AsArray().Count);
    }

    [Fact]
    public async Task No_echo_until_the_deadline_is_an_expired_command()
    {
        await using var server = await StartAsync();
        await server.PostAsync(Path, Configuration);

        server.Cloud.Time.Advance(TimeSpan.FromSeconds(301));
        await server.One.Dispatcher.RunAllAsync(TestCloud.Cancellation);
        Assert.Equal("expired", (string)(await ListAsync(server))[0]!["state"]!);

        await EchoAsync(server, "\"tsmEv\":31,\"transactionId\":1,\"measurementInterval\":10,\"reportInterval\":60");
        Assert.Equal("expired", (string)(await ListAsync(server))[0]!["state"]!);
    }

    private static async Task<ThingseeServer> StartAsync()
    {
        var server = await ThingseeServer.StartAsync();
        await server.PostAsync($"/v1/things/{Tuid}/installations", """{"installation_status":"installed"}""");
        return server;
    }

    private static Task EchoAsync(ThingseeServer server, string members, string tuid = Tuid) =>
        server.SendAsync($$"""[{"tsmId":1500,"tsmTs":1503714007,"tsmTuid":"{{tuid}}",{{members}}}]""");

    private static async Task<JsonArray> ListAsync(ThingseeServer server) => (await server.AskAsync("GET", Path)).Body["data"]!.AsArray();
}
