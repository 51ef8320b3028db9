using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Mqtt.Custom;
using Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

namespace Serverless.Dialects.Tests.Cumulocity.Mqtt;

/// <summary>Templates of a device's own; the examples are those of the vendor's documentation of SmartREST 2.0.</summary>
public sealed class CustomTemplateTests
{
    private const string Object =
        """{"id":"12345","name":"test","type":"myMqttDevice","c8y_IsDevice":{},"c8y_Configuration":"val1=1\nval2=2","myList":[{"pid":12345,"type":"test"},{"pid":123456,"type":"test2"}]}""";

    [Theory]
    [InlineData(
        "10,999,POST,MEASUREMENT,,c8y_MyMeasurement,,c8y_MyMeasurement.M.value,NUMBER,",
        "999,2016-06-22T17:03:14.000Z,25",
        """POST /measurement/measurements {"type":"c8y_MyMeasurement","time":"2016-06-22T17:03:14.000Z","c8y_MyMeasurement":{"M":{"value":25}},"source":{"id":"ID"}}"""
    )]
    [InlineData(
        "10,999,POST,MEASUREMENT,,c8y_C,,c8y_C.custom.value,NUMBER,,c8y_C.custom.unit,STRING,X",
        "999,2016-06-22,30.6",
        """POST /measurement/measurements {"type":"c8y_C","time":"2016-06-22","c8y_C":{"custom":{"value":30.6,"unit":"X"}},"source":{"id":"ID"}}"""
    )]
    [InlineData(
        "10,101,POST,EVENT,,c8y_CustomEvent,mytext,2020-01-01T00:00:00Z,c8y_F,FLAG,",
        "101",
        """POST /event/events {"type":"c8y_CustomEvent","text":"mytext","time":"2020-01-01T00:00:00Z","c8y_F":{},"source":{"id":"ID"}}"""
    )]
    [InlineData(
        "10,102,POST,ALARM,,c8y_CustomAlarm,mytext,ACTIVE,MAJOR,2020-01-01",
        "102",
        """POST /alarm/alarms {"type":"c8y_CustomAlarm","text":"mytext","status":"ACTIVE","severity":"MAJOR","time":"2020-01-01","source":{"id":"ID"}}"""
    )]
    [InlineData(
        "10,999,PUT,ALARM,,known,status,ALARMSTATUS,CLEARED,c8y_CustomFragment.reason,STRING,",
        "999,Device resolved alarm on its own",
        """PUT /alarm/alarms/77 {"status":"CLEARED","c8y_CustomFragment":{"reason":"Device resolved alarm on its own"}}"""
    )]
    [InlineData(
        "10,999,PUT,OPERATION,,c8y_MyOperation,status,OPERATIONSTATUS,SUCCESSFUL,c8y_Fragment.val,NUMBER,",
        "999,24",
        """PUT /devicecontrol/operations/55 {"status":"SUCCESSFUL","c8y_Fragment":{"val":24}}"""
    )]
    [InlineData(
        "10,999,PUT,INVENTORY,,false,c8y_Serial,c8y_MyCustomValue,STRING,",
        "999,myImei,updatedValue",
        """PUT /inventory/managedObjects/88 {"c8y_MyCustomValue":"updatedValue"}"""
    )]
    [InlineData("10,999,PUT,INVENTORY,,true,,c8y_X,INTEGER,", "999,88,-7", """PUT /inventory/managedObjects/88 {"c8y_X":-7}""")]
    [InlineData(
        "10,100,POST,INVENTORY,,c8y_MySerial,name,,",
        "100,myImei,Name",
        """POST /inventory/managedObjects {"name":"Name","externalIds":[{"type":"c8y_MySerial","externalId":"myImei"}]}"""
    )]
    [InlineData("10,101,POST,INVENTORY,", "101,,c8y_MySerial", "POST /inventory/managedObjects {}")]
    public async Task A_row_is_a_request(string template, string row, string request)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await RegisterAsync(server, template);
        var id = (await server.TwinAsync("SN-1")).Id;
        server.Api.Answers[$"GET /alarm/alarms?source={id}&type=known&status=ACTIVE"] = () =>
            JsonNode.Parse("""{"alarms":[{"id":"77","type":"known"}]}""");
        server.Api.Answers[$"GET /devicecontrol/operations?deviceId={id}&fragmentType=c8y_MyOperation&status=PENDING"] = () =>
            JsonNode.Parse("""{"operations":[{"id":"55"}]}""");
        server.Api.Answers["GET /identity/externalIds/c8y_Serial/myImei"] = () => JsonNode.Parse("""{"managedObject":{"id":"88"}}""");
        await client.PublishAsync("s/uc/mine", row);
        Assert.Equal(request, Assert.Single(server.Api.Changes).Replace(id, "ID", StringComparison.Ordinal));
        await client.PublishAsync("s/ud", row);
        Assert.Equal(2, server.Api.Changes.Count);
        Assert.Empty(client.Received);
    }

    [Theory]
    [InlineData(
        "10,999,GET,INVENTORY,,true\n11,888,,c8y_IsDevice,type,c8y_Test,c8y_Configuration",
        "999,12345",
        "888,myMqttDevice,,\"val1=1\nval2=2\""
    )]
    [InlineData("10,999,GET,INVENTORY,,true\n11,888,,,\"$.myList[*].type\"", "999,12345", "888,test,test2")]
    [InlineData("10,999,GET,INVENTORY,,false,c8y_Serial\n11,888,,,id,myList[1].pid", "999,myImei", "888,12345,123456")]
    [InlineData("10,999,GET,INVENTORY,,false\n11,888,$.c8y_Missing,,a,b\n11,889,,c8y_Missing,id", "999,c8y_Serial,myImei", "888,,")]
    public async Task An_answer_is_rows(string templates, string row, string answer)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await RegisterAsync(server, templates);
        server.Api.Answers["GET /inventory/managedObjects/12345"] = () => JsonNode.Parse(Object);
        server.Api.Answers["GET /identity/externalIds/c8y_Serial/myImei"] = () => JsonNode.Parse("""{"managedObject":{"id":"12345"}}""");
        await client.PublishAsync("s/uc/mine", row);
        Assert.Equal([$"s/dc/mine {answer}"], client.Received);
    }

    [Fact]
    public void An_operation_is_rows_by_each_template_whose_condition_it_meets()
    {
        var operation = JsonNode
            .Parse("""{"id":"12345","deviceId":"67890","c8y_CustomConfiguration":{"val1":"1","val2":"2","customValues":["a","b","c"]}}""")!
            .AsObject();
        string[] rows =
        [
            "11,111,c8y_CustomConfiguration,deviceId,val1,val2,customValues[*]",
            "11,222,,deviceId,c8y_CustomConfiguration.val1,c8y_CustomConfiguration.val2",
            "11,333,,deviceId,val1,val2,customValues[*]",
            "11,444,c8y_CustomConfiguration,c8y_CustomConfiguration.val3,val1,val2,customValues[*]",
        ];
        var collection = TemplateCollection.Read(SmartRestReader.Read(string.Join('\n', rows), []));
        Assert.Equal(
            ["111,dev,1,2,a,b,c", "222,dev,1,2", "333,dev,,,"],
            collection.Responses.SelectMany(response => response.Rows(operation, "dev"))
        );
    }

    [Fact]
    public async Task A_collection_is_registered_once_and_asked_for()
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["s/dt", "s/e"]);
        await client.PublishAsync("s/ut/mine", "");
        await client.PublishAsync("s/ut/mine", "10,1,GET,INVENTORY,,true\n11,2,,,id\n");
        var one = server.Cloud.One;
        var (objects, _) = await one.Devices.ListObjectsAsync(MqttServer.Tenant, null, null, 10, null, MqttServer.Cancellation);
        var made = Assert.Single(objects).Value;
        await client.PublishAsync("s/ut/mine", " \n");
        await client.PublishAsync("s/ut/mine", "10,1,GET,INVENTORY,,true");
        Assert.Equal(
            [
                "s/dt 41,mine",
                $"s/dt 20,mine,{made.Id}",
                $"s/dt 20,mine,{made.Id}",
                "s/e 41,mine,Cannot create templates for already existing template object",
            ],
            client.Received
        );
        Assert.Equal((true, "mine", "c8y_SmartRest2Template"), (made.IsAsset, made.Name, made.Type));
        Assert.Equal(
            """{"requestTemplates":[{"msgId":"1","method":"GET","api":"INVENTORY","response":true,"byId":true,"externalIdType":"","customValues":[]}],"responseTemplates":[{"msgId":"2","base":"","condition":"","pattern":["id"]}]}""",
            made.Fragments[TemplateCollection.Fragment]!.ToJsonString()
        );
    }

    [Theory]
    [InlineData("10,1,DELETE,INVENTORY", "41,10,Bad request template definition")]
    [InlineData("10,1,GET,ALARM", "41,10,Bad request template definition")]
    [InlineData("10,,GET,INVENTORY", "41,10,Bad request template definition")]
    [InlineData("10,1,POST,MEASUREMENT,,t,,a,COLOR,", "41,10,Bad value type: COLOR")]
    [InlineData("10,1,POST,MEASUREMENT,,t,,a..b,STRING,", "41,10,Invalid JsonPath: a..b")]
    [InlineData("11,1", "41,11,Bad response template definition")]
    [InlineData("11,1,,,$.a[?(@.b)]", "41,11,Invalid JsonPath: $.a[?(@.b)]")]
    [InlineData("10,1,GET,INVENTORY\n11,1,,,id", "41,1,Duplicate message identifiers are not allowed")]
    [InlineData("999,1", "41,999,Not a valid message identifier for template creation")]
    [InlineData("10,\"a", "42,10,Row 1: A quoted value has no end.")]
    public async Task What_is_no_template_is_refused(string templates, string error)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await server.ConnectAsync(subscriptions: ["s/dt", "s/e"]);
        await client.PublishAsync("s/ut/mine", templates);
        Assert.Equal([$"s/e {error}"], client.Received);
    }

    [Theory]
    [InlineData("1", "40,1,The collection has no template with this message id")]
    [InlineData("999,2020-01-01", "45,999,Value is not a NUMBER")]
    public async Task A_row_that_fits_no_template_is_refused(string row, string error)
    {
        await using var server = await MqttServer.StartAsync();
        var client = await RegisterAsync(server, "10,999,POST,MEASUREMENT,,t,,t.M.value,NUMBER,");
        await client.PublishAsync("s/uc/mine", row + (row.StartsWith("999", StringComparison.Ordinal) ? ",x" : ""));
        Assert.StartsWith($"s/e {error}", Assert.Single(client.Received));
    }

    [Fact]
    public async Task A_collection_is_read_back_as_it_was_written()
    {
        await using var server = await MqttServer.StartAsync();
        var rows = SmartRestReader.Read(
            "10,1,PUT,INVENTORY,true,false,t,a.b,NUMBER,\n10,2,POST,ALARM,,t,,ACTIVE,,,x,FLAG,\n10,3,PUT,OPERATION,,f\n11,4,a,b,c[*],d",
            []
        );
        var collection = TemplateCollection.Read(rows);
        Assert.Equal(collection.ToJson().ToJsonString(), TemplateCollection.FromJson(collection.ToJson()).ToJson().ToJsonString());
    }

    private static async Task<MqttTestClient> RegisterAsync(MqttServer server, string templates)
    {
        var client = await server.ConnectAsync("d:SN-1:mine");
        await client.PublishAsync("s/us", "100");
        await client.PublishAsync("s/ut/mine", templates);
        foreach (var filter in new[] { "s/dc/mine", "s/e" })
        {
            Assert.True(await client.Session.OnSubscribeAsync(filter, 1, MqttServer.Cancellation));
        }

        return client;
    }
}
