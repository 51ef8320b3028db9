using Serverless.App.Hosting;

namespace Serverless.App.Tests.Hosting;

/// <summary>The environment and the settings' file are the process's: these tests run one after the other.</summary>
[Collection(StartProblem.Collection)]
public sealed class AppOptionsTests : IDisposable
{
    private static readonly string SettingsFile = Path.Combine(AppContext.BaseDirectory, "appsettings.json");

    private readonly string? settings = File.Exists(SettingsFile) ? File.ReadAllText(SettingsFile) : null;
    private readonly List<string> variables = [];

    public AppOptionsTests()
    {
        File.Delete(SettingsFile);
        Set("FUNCTIONS_CUSTOMHANDLER_PORT", null);
    }

    [Fact]
    public async Task Nothing_said_is_the_default() =>
        Assert.Equal(new AppOptions("http://127.0.0.1:7071", "./data", 1883, 8883, null, false), await ReadAsync());

    [Fact]
    public async Task The_command_line_counts_before_the_environment_and_that_before_the_settings()
    {
        await File.WriteAllTextAsync(
            SettingsFile,
            """
            {"Serverless":{"urls":"http://file:1","data":"file","mqttPort":"11","mqttsPort":12,"bootstrap":"file.json","demo":"true"}}
            """,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(new AppOptions("http://file:1", "file", 11, 12, "file.json", true), await ReadAsync());

        Set("SERVERLESS_URLS", "http://variable:2");
        Set("SERVERLESS_DATA", "variable");
        Set("SERVERLESS_MQTT_PORT", "21");
        Set("SERVERLESS_MQTTS_PORT", "-1");
        Set("SERVERLESS_DEMO", "0");
        Assert.Equal(new AppOptions("http://variable:2", "variable", 21, -1, "file.json", false), await ReadAsync());

        Assert.Equal(
            new AppOptions("http://line:3", "line", 0, 32, "line.json", true),
            await ReadAsync(
                "--urls",
                "http://line:3",
                "--data=line",
                "--mqtt-port",
                "0",
                "--mqtts-port=32",
                "--bootstrap",
                "line.json",
                "--demo"
            )
        );
    }

    [Theory]
    [InlineData(true, "--demo")]
    [InlineData(true, "--demo", "true")]
    [InlineData(false, "--demo", "false")]
    [InlineData(false)]
    public async Task Demo_is_a_switch_that_may_say_false(bool expected, params string[] args) =>
        Assert.Equal(expected, (await ReadAsync(args)).Demo);

    [Fact]
    public async Task Behind_the_functions_host_its_port_is_ours_and_there_is_no_mqtt()
    {
        Set("FUNCTIONS_CUSTOMHANDLER_PORT", "5001");

        Assert.Equal(new AppOptions("http://127.0.0.1:5001", "./data", -1, -1, null, false), await ReadAsync());
        Assert.Equal(1884, (await ReadAsync("--mqtt-port", "1884")).MqttPort);
    }

    [Theory]
    [InlineData("--mqtt-port", "many")]
    [InlineData("--port", "1")]
    [InlineData("extra")]
    public async Task A_wrong_command_line_runs_nothing(params string[] args)
    {
        var ran = false;

        var code = await AppOptions.RunAsync(
            args,
            (_, _) =>
            {
                ran = true;
                return Task.FromResult(0);
            }
        );

        Assert.Equal((1, false), (code, ran));
    }

    [Fact]
    public async Task Settings_that_cannot_be_read_are_told_in_words()
    {
        await File.WriteAllTextAsync(SettingsFile, "{", TestContext.Current.CancellationToken);

        var (code, error) = await StartProblem.OfAsync(() => AppOptions.RunAsync([], (_, _) => Task.FromResult(0)));

        Assert.Equal(1, code);
        Assert.StartsWith("Cannot start: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entra_is_json_or_a_file_of_it_from_anywhere()
    {
        const string Json = """
            {"directory":"f8cdef31-a31e-4b4a-93e4-5f571e91255a","audiences":["us"],"mappings":[{"role":"a","tenant":"t1","roles":["reader"]}]}
            """;
        Assert.Null((await ReadAsync()).Entra);
        Assert.Equal("us", (await ReadAsync("--entra", Json)).Entra!.Audiences.Single());

        var settingsText = new System.Text.Json.Nodes.JsonObject
        {
            ["Serverless"] = new System.Text.Json.Nodes.JsonObject { ["entra"] = Json },
        };
        await File.WriteAllTextAsync(SettingsFile, settingsText.ToJsonString(), TestContext.Current.CancellationToken);
        Assert.Equal("us", (await ReadAsync()).Entra!.Audiences.Single());

        Set("SERVERLESS_ENTRA", Json.Replace("us", "variable", StringComparison.Ordinal));
        Assert.Equal("variable", (await ReadAsync()).Entra!.Audiences.Single());

        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Json.Replace("us", "file", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Equal("file", (await ReadAsync("--entra", file)).Entra!.Audiences.Single());
        File.Delete(file);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no-such-file.json")]
    [InlineData("{\"secret\":1}")]
    public async Task A_wrong_setting_of_entra_is_told_in_words(string setting)
    {
        var (code, error) = await StartProblem.OfAsync(() => AppOptions.RunAsync(["--entra", setting], (_, _) => Task.FromResult(0)));

        Assert.Equal(1, code);
        Assert.StartsWith("Cannot start: The setting entra: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_runs_says_the_exit_code() => Assert.Equal(7, await AppOptions.RunAsync([], (_, _) => Task.FromResult(7)));

    public void Dispose()
    {
        variables.ForEach(name => Environment.SetEnvironmentVariable(name, null));
        File.Delete(SettingsFile);
        if (settings is not null)
        {
            File.WriteAllText(SettingsFile, settings);
        }
    }

    private void Set(string name, string? value)
    {
        variables.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private static async Task<AppOptions> ReadAsync(params string[] args)
    {
        AppOptions? read = null;
        var code = await AppOptions.RunAsync(
            args,
            (options, _) =>
            {
                read = options;
                return Task.FromResult(0);
            }
        );
        Assert.Equal(0, code);
        return read!;
    }
}
