using Serverless.App.Hosting;
using Serverless.Domain.Webhooks;

namespace Serverless.App.Tests.Hosting;

public sealed class WebhookSettingsTests
{
    [Fact]
    public void Without_settings_the_defaults_stand()
    {
        var options = WebhookSettings.Read(_ => null, null);

        Assert.Empty(options.Allow);
        Assert.Equal([443], options.Ports);
        Assert.Equal(10, options.Schedule.Count);
        Assert.Equal(
            string.Join(',', options.Schedule.Select(delay => delay.TotalSeconds)),
            WebhookSettings.All.Single(setting => setting.Name == "webhooksRetries").Default
        );
        Assert.Equal(
            $"{options.DisableAfter!.Value.TotalDays}",
            WebhookSettings.All.Single(one => one.Name == "webhooksDisableDays").Default
        );
    }

    [Fact]
    public void Each_setting_is_read()
    {
        var options = Read(
            ("webhooksAllow", "localhost:9000, Receiver.Example:443"),
            ("webhooksPorts", "443,8443"),
            ("webhooksRetries", "0,0.5,86400,86400,86400,86400,86400,86400"),
            ("webhooksTimeout", "2.5"),
            ("webhooksOrigin", "iot.example.com"),
            ("webhooksDisableDays", "2.5")
        );

        Assert.Equal(["localhost:9000", "receiver.example:443"], options.Allow.Order());
        Assert.Equal([443, 8443], options.Ports.Order());
        Assert.Equal(TimeSpan.FromSeconds(0.5), options.Schedule[1]);
        Assert.Equal(TimeSpan.FromSeconds(2.5), options.Timeout);
        Assert.Equal("iot.example.com", options.Origin);
        Assert.Equal(TimeSpan.FromDays(2.5), options.DisableAfter);
        Assert.Null(Read(("webhooksDisableDays", "0")).DisableAfter);
        Assert.True(options.Lifetime > TimeSpan.FromDays(6 * (1 + options.Jitter)));
    }

    [Theory]
    [InlineData(null, "localhost")]
    [InlineData("cloud-1.azurewebsites.net", "cloud-1.azurewebsites.net")]
    [InlineData("localhost:7071", "localhost")]
    public void Where_nothing_else_is_set_the_cloud_calls_itself_as_its_host_does(string? host, string expected)
    {
        Assert.Equal(expected, WebhookSettings.Read(_ => null, host).Origin);
        Assert.Equal("a.example.com", WebhookSettings.Read(name => name == "webhooksOrigin" ? "a.example.com" : null, host).Origin);
    }

    [Theory]
    [InlineData("webhooksAllow", "localhost")]
    [InlineData("webhooksAllow", "http://localhost:9000")]
    [InlineData("webhooksAllow", "localhost:9000/path")]
    [InlineData("webhooksPorts", "0")]
    [InlineData("webhooksPorts", "https")]
    [InlineData("webhooksRetries", "")]
    [InlineData("webhooksRetries", "soon")]
    [InlineData("webhooksRetries", "-1")]
    [InlineData("webhooksRetries", "999999999")]
    [InlineData("webhooksTimeout", "0")]
    [InlineData("webhooksTimeout", "NaN")]
    [InlineData("webhooksDisableDays", "-1")]
    [InlineData("webhooksDisableDays", "366")]
    [InlineData("webhooksDisableDays", "some")]
    [InlineData("webhooksOrigin", "https://iot.example.com")]
    public void What_is_wrong_is_named(string name, string value) =>
        Assert.Contains(name, Assert.Throws<StartException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    private static WebhookOptions Read(params (string Name, string Value)[] settings) =>
        WebhookSettings.Read(
            name => settings.Where(setting => setting.Name == name).Select(setting => setting.Value).FirstOrDefault(),
            null
        );
}
