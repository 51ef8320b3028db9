using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.Templates;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>Each static template is the request of the REST API that it stands for.</summary>
public sealed class StaticTemplateTests
{
    // The device's id is ID, and the clock's time NOW.
    private const string Objects = "PUT /inventory/managedObjects/ID";
    private const string Time = "2016-06-22T17:03:14.000+02:00";

    [Theory]
    [InlineData("107,c8y_Position,c8y_Configuration", Objects + """ {"c8y_Position":null,"c8y_Configuration":null}""")]
    [InlineData("110,123,myModel,1.2.3", Objects + """ {"c8y_Hardware":{"serialNumber":"123","model":"myModel","revision":"1.2.3"}}""")]
    [InlineData("111,1234567890,,54353", Objects + """ {"c8y_Mobile":{"imei":"1234567890","imsi":"54353"}}""")]
    [InlineData("112,50.323423,6.423423", Objects + """ {"c8y_Position":{"lat":50.323423,"lng":6.423423}}""")]
    [InlineData("113,\"val1=1\nval2=2\"", Objects + """ {"c8y_Configuration":{"config":"val1=1\nval2=2"}}""")]
    [InlineData("114,c8y_Restart,c8y_Command", Objects + """ {"c8y_SupportedOperations":["c8y_Restart","c8y_Command"]}""")]
    [InlineData("115,fw,1.0,url", Objects + """ {"c8y_Firmware":{"name":"fw","version":"1.0","url":"url"}}""")]
    [InlineData(
        "116,software1,version1,url1,software2,,url2,software3,version3",
        Objects
            + """ {"c8y_SoftwareList":[{"name":"software1","version":"version1","url":"url1"},{"name":"software2","url":"url2"},{"name":"software3","version":"version3"}]}"""
    )]
    [InlineData("117,60", Objects + """ {"c8y_RequiredAvailability":{"responseInterval":60}}""")]
    [InlineData("118,ntcagent,dmesg,logread", Objects + """ {"c8y_SupportedLogs":["ntcagent","dmesg","logread"]}""")]
    [InlineData("119,modbus,system", Objects + """ {"c8y_SupportedConfigurations":["modbus","system"]}""")]
    [InlineData(
        "120,myType,http://www.my.url,config.bin," + Time,
        Objects
            + """ {"c8y_Configuration_myType":{"name":"config.bin","time":"2016-06-22T17:03:14.000\u002B02:00","url":"http://www.my.url"}}"""
    )]
    [InlineData("121,true,8473", Objects + """ {"c8y_Profile":{"profileExecuted":true,"profileId":"8473"}}""")]
    [InlineData(
        "122,thin-edge.io,0.6,https://thin-edge.io,Some Body",
        Objects + """ {"c8y_Agent":{"name":"thin-edge.io","version":"0.6","url":"https://thin-edge.io","maintainer":"Some Body"}}"""
    )]
    [InlineData("125", Objects + " {}")]
    [InlineData(
        "140,docker,3.2.1,systemd,u,nginx,1.6",
        Objects
            + """ {"c8y_SoftwareList":[{"name":"docker","version":"3.2.1","softwareType":"systemd","url":"u"},{"name":"nginx","version":"1.6"}]}"""
    )]
    [InlineData(
        "141,docker,3.2.1,systemd",
        Objects + """ {"c8y_SoftwareList":[{"name":"docker","version":"3.2.1","softwareType":"systemd"}]}"""
    )]
    [InlineData("142,docker,3.2.1", Objects + """ {"c8y_SoftwareList":[]}""")]
    [InlineData("143,yum,,docker", Objects + """ {"c8y_SupportedSoftwareTypes":["yum","docker"]}""")]
    [InlineData("143", Objects + """ {"c8y_SupportedSoftwareTypes":null}""")]
    [InlineData("150,ssh,vnc", Objects + """ {"c8y_RemoteAccessSupportedProtocols":["SSH","VNC"]}""")]
    [InlineData(
        "200,c8y_Temperature,T,25",
        """POST /measurement/measurements {"source":{"id":"ID"},"type":"c8y_Temperature","time":"NOW","c8y_Temperature":{"T":{"value":25}}}"""
    )]
    [InlineData(
        "200,c8y_Temperature,T,-2.5e3,C,2020-03-19T12:03:27.845Z",
        """POST /measurement/measurements {"source":{"id":"ID"},"type":"c8y_Temperature","time":"2020-03-19T12:03:27.845Z","c8y_Temperature":{"T":{"value":-2500,"unit":"C"}}}"""
    )]
    [InlineData(
        "201,KamstrupA220Reading,2022-03-19T12:03:27.845Z,c8y_S,A\\:1,1234,kWh,c8y_S,A-:1,2345,kWh,c8y_T,A,1.5",
        """POST /measurement/measurements {"source":{"id":"ID"},"type":"KamstrupA220Reading","time":"2022-03-19T12:03:27.845Z","c8y_S":{"A\\:1":{"value":1234,"unit":"kWh"},"A-:1":{"value":2345,"unit":"kWh"}},"c8y_T":{"A":{"value":1.5}}}"""
    )]
    [InlineData(
        "210,-90,23",
        """POST /measurement/measurements {"source":{"id":"ID"},"type":"c8y_SignalStrength","time":"NOW","c8y_SignalStrength":{"rssi":{"value":-90,"unit":"dBm"},"ber":{"value":23,"unit":"%"}}}"""
    )]
    [InlineData(
        "211,25",
        """POST /measurement/measurements {"source":{"id":"ID"},"type":"c8y_TemperatureMeasurement","time":"NOW","c8y_TemperatureMeasurement":{"T":{"value":25,"unit":"C"}}}"""
    )]
    [InlineData(
        "212,95",
        """POST /measurement/measurements {"source":{"id":"ID"},"type":"c8y_Battery","time":"NOW","c8y_Battery":{"level":{"value":95,"unit":"%"}}}"""
    )]
    [InlineData(
        "301,c8y_TemperatureAlarm",
        """POST /alarm/alarms {"type":"c8y_TemperatureAlarm","text":"Alarm of type c8y_TemperatureAlarm raised","severity":"CRITICAL","status":"ACTIVE","time":"NOW","source":{"id":"ID"}}"""
    )]
    [InlineData(
        "304,a,text,2013-06-22T17:03:14.000Z",
        """POST /alarm/alarms {"type":"a","text":"text","severity":"WARNING","status":"ACTIVE","time":"2013-06-22T17:03:14.000Z","source":{"id":"ID"}}"""
    )]
    [InlineData("305,known,critical", """PUT /alarm/alarms/77 {"severity":"CRITICAL"}""")]
    [InlineData("306,known", """PUT /alarm/alarms/77 {"status":"CLEARED"}""")]
    [InlineData("307,known,c8y_Position", """PUT /alarm/alarms/77 {"c8y_Position":null}""")]
    [InlineData(
        "400,c8y_MyEvent,\"Something was triggered\"",
        """POST /event/events {"source":{"id":"ID"},"type":"c8y_MyEvent","text":"Something was triggered","time":"NOW"}"""
    )]
    [InlineData(
        "401,51.151977,6.95173,67",
        """POST /event/events {"c8y_Position":{"lat":51.151977,"lng":6.95173,"alt":67},"source":{"id":"ID"},"type":"c8y_LocationUpdate","text":"c8y_LocationUpdate","time":"NOW"}"""
    )]
    [InlineData("407,known,c8y_Position", """PUT /event/events/66 {"c8y_Position":null}""")]
    [InlineData(
        "408,,,,c8y_RelayStatus.left,BOOLEAN,true,c8y_RelayStatus.right,BOOLEAN,false",
        """POST /event/events {"c8y_RelayStatus":{"left":true,"right":false},"source":{"id":"ID"},"type":"c8y_ParameterUpdate","text":"Parameter \u0027c8y_RelayStatus\u0027 was updated","time":"NOW"}"""
    )]
    [InlineData("501,c8y_Restart", """PUT /devicecontrol/operations/55 {"status":"EXECUTING"}""")]
    [InlineData(
        "502,c8y_Restart,\"Could not restart\"",
        """PUT /devicecontrol/operations/55 {"status":"FAILED","failureReason":"Could not restart"}"""
    )]
    [InlineData("503,c8y_Restart", """PUT /devicecontrol/operations/55 {"status":"SUCCESSFUL"}""")]
    [InlineData(
        "503,c8y_Command,done",
        """PUT /devicecontrol/operations/56 {"status":"SUCCESSFUL","c8y_Command":{"text":"ls","result":"done"}}"""
    )]
    [InlineData("504,55", """PUT /devicecontrol/operations/55 {"status":"EXECUTING"}""")]
    [InlineData("505,55,no", """PUT /devicecontrol/operations/55 {"status":"FAILED","failureReason":"no"}""")]
    [InlineData("506,55", """PUT /devicecontrol/operations/55 {"status":"SUCCESSFUL"}""")]
    [InlineData("507,c8y_Restart,why", """PUT /devicecontrol/operations/55 {"status":"FAILED","failureReason":"why"}""")]
    public async Task A_row_is_a_request(string row, string request)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["s/e", "s/ds"]);
        await client.PublishAsync("s/us", "100,Pump,c8y_Pump");
        var id = (await server.TwinAsync("SN-1")).Id;
        Know(server.Api, id);
        await client.PublishAsync("s/us", row);
        Assert.Empty(client.Received);
        var sent = Assert.Single(server.Api.Changes).Replace(id, "ID", StringComparison.Ordinal);
        var now = TemplateCall.Format(server.Cloud.Time.GetUtcNow())[..^4];
        Assert.Equal(request, System.Text.RegularExpressions.Regex.Replace(sent, $"\"{now}[0-9]{{3}}Z\"", "\"NOW\""));
    }

    [Theory]
    [InlineData("123", "s/ds 124,ID")]
    [InlineData("600", "s/ds 601,2025.0.0")]
    [InlineData("105", "s/ds 106,child1,123")]
    [InlineData("100,again", "s/e 41,100,Device already existing")]
    [InlineData("999,1", "s/e 40,999,There is no static template with this message id")]
    [InlineData("x", "s/e 40,x,There is no static template with this message id")]
    [InlineData("101", "s/e 45,101,Value 1 is missing: unique child ID is mandatory")]
    [InlineData("101,SN-1", "s/e 41,101,A device is not its own child")]
    [InlineData("102,a,b,c", "s/e 45,102,Value 4 is missing: service status is mandatory")]
    [InlineData("104,up", "s/e 41,104,The topic's last level is to be the id of a service")]
    [InlineData("112,a,1", "s/e 45,112,Value is not a NUMBER: a (lat)")]
    [InlineData("112,NaN,1", "s/e 45,112,Value is not a NUMBER: NaN (lat)")]
    [InlineData("117,soon", "s/e 45,117,Value is not an INTEGER: soon")]
    [InlineData("120,t,u,n,yesterday", "s/e 45,120,Value is not a DATE: yesterday")]
    [InlineData("200,f,s", "s/e 45,200,Value 3 is missing: value is mandatory")]
    [InlineData("200,f,s,1e999", "s/e 45,200,Value is not a NUMBER: 1e999 (value)")]
    [InlineData("200,source,s,1", "s/e 45,200,Value is not a fragment: source")]
    [InlineData("201,t,,f,s", "s/e 45,201,Value 5 is missing: value is mandatory")]
    [InlineData("201,t", "s/e 45,201,Value 3 is missing: fragment is mandatory")]
    [InlineData("210", "s/e 45,210,Value 1 is missing: rssi or ber is mandatory")]
    [InlineData("301", "s/e 45,301,Value 1 is missing: type is mandatory")]
    [InlineData("305,known,bad", "s/e 45,305,Value is not a SEVERITY: bad")]
    [InlineData("306,other", "s/e 41,306,There is no alarm of type other that is not cleared")]
    [InlineData("400,t", "s/e 45,400,Value 2 is missing: text is mandatory")]
    [InlineData("408,,,,a..b,NUMBER,1", "s/e 45,408,Value is not a path: a..b")]
    [InlineData("501,c8y_Other", "s/e 41,501,There is no operation c8y_Other of the device that is PENDING")]
    [InlineData("504,x", "s/e 41,504,There is no operation x of the device")]
    [InlineData("504,57", "s/e 41,504,There is no operation 57 of the device")]
    [InlineData("400,\"a", "s/e 42,400,Row 1: A quoted value has no end.")]
    public async Task A_row_has_an_answer(string row, string answer)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["s/e", "s/ds"]);
        await client.PublishAsync("s/us", "100");
        var id = (await server.TwinAsync("SN-1")).Id;
        Know(server.Api, id);
        await client.PublishAsync("s/us", row);
        Assert.Equal(answer, Assert.Single(client.Received).Replace(id, "ID", StringComparison.Ordinal));
        Assert.Empty(server.Api.Changes);
    }

    [Fact]
    public async Task The_list_of_templates_has_each_that_there_is()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "s/ds");
        await client.PublishAsync("s/us", "602");
        var ids = Assert.Single(client.Received).Split(',')[1..];
        Assert.Equal(StaticTemplates.Ids, ids);
        Assert.Equal(53, ids.Length);
    }

    [Fact]
    public async Task What_somebody_requires_stays()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.PublishAsync("s/us", "100");
        var fragments = new JsonObject { ["c8y_RequiredAvailability"] = new JsonObject { ["responseInterval"] = 5 } };
        await server.Cloud.One.Devices.UpdateAsync(
            MqttServer.Tenant,
            (await server.TwinAsync("SN-1")).Id,
            twin => twin with { Fragments = fragments },
            null,
            MqttServer.Cancellation
        );
        await client.PublishAsync("s/us", "117,60");
        Assert.Empty(server.Api.Changes);
    }

    [Theory]
    [InlineData("t", "Transient")]
    [InlineData("q", "Quiescent")]
    [InlineData("c", "Cep")]
    public async Task The_first_letter_says_what_is_done_with_it(string letter, string mode)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.PublishAsync($"{letter}/us", "211,25");
        Assert.StartsWith($"POST /measurement/measurements {mode} {{", Assert.Single(server.Api.Changes));
    }

    [Fact]
    public async Task A_row_that_is_refused_does_not_hold_up_the_others()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: "s/e");
        await client.PublishAsync("s/us", "211,1\n211,x\n999\n211,2\n");
        Assert.Equal(2, server.Api.Changes.Count);
        Assert.Equal(
            ["s/e 45,211,Value is not a NUMBER: x (temperature value)", "s/e 40,999,There is no static template with this message id"],
            client.Received
        );
    }

    [Fact]
    public async Task Two_rows_without_a_time_have_two()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync();
        await client.PublishAsync("s/us", "211,1\n211,2");
        Assert.Equal(
            2,
            server.Api.Changes.Select(call => JsonNode.Parse(call[call.IndexOf('{')..])!["time"]!.ToString()).Distinct().Count()
        );
    }

    private static void Know(RecordingApi api, string id)
    {
        api.Answers[$"GET /alarm/alarms?source={id}&type=known&status=ACTIVE"] = () =>
            JsonNode.Parse("""{"alarms":[{"id":"77","type":"known"}]}""");
        api.Answers[$"GET /event/events?source={id}&type=known&pageSize=1"] = () =>
            JsonNode.Parse("""{"events":[{"id":"66","type":"known"}]}""");
        api.Answers[$"GET /devicecontrol/operations?deviceId={id}&fragmentType=c8y_Restart"] = () =>
            JsonNode.Parse("""{"operations":[{"id":"55","c8y_Restart":{}}]}""");
        api.Answers[$"GET /devicecontrol/operations?deviceId={id}&fragmentType=c8y_Command"] = () =>
            JsonNode.Parse("""{"operations":[{"id":"56","c8y_Command":{"text":"ls"}}]}""");
        api.Answers[$"GET /devicecontrol/operations?deviceId={id}&status=EXECUTING&fragmentType=c8y_Restart"] = () =>
            JsonNode.Parse("""{"operations":[{"id":"55","c8y_Restart":{}}]}""");
        api.Answers["GET /devicecontrol/operations/55"] = () => JsonNode.Parse($$"""{"id":"55","deviceId":"{{id}}"}""");
        api.Answers["GET /devicecontrol/operations/57"] = () => JsonNode.Parse("""{"id":"57","deviceId":"1"}""");
        api.Answers[$"GET /inventory/managedObjects/{id}/childDevices"] = () =>
            JsonNode.Parse("""{"references":[{"managedObject":{"id":"child1"}},{"managedObject":{"id":"123"}}]}""");
    }
}
