using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using JobForge.Runtime.Execution;
using Orleans.Runtime;

namespace JobForge.Runtime.Proxies;

/// <summary>
/// The emitted reference classes, one for each grain interface, made at first use and shared by all engines of the process. A method of
/// such a class makes the emitted call object of that method, puts the arguments into its fields and sends it.
/// </summary>
internal static class ProxyTypes
{
    private static readonly ConcurrentDictionary<Type, Lazy<Func<EngineCore, GrainId, GrainReference>>> Factories = new();
    private static readonly Lock Gate = new();
    private static readonly ProxyModule Module = new();

    /// <summary>The constructor of the interface's reference class.</summary>
    /// <exception cref="ArgumentException">The type is no interface, or has members that no message can carry.</exception>
    public static Func<EngineCore, GrainId, GrainReference> Get(Type grainInterface) =>
        Factories.GetOrAdd(grainInterface, static one => new(() => Build(one))).Value;

    private static Func<EngineCore, GrainId, GrainReference> Build(Type grainInterface)
    {
        if (!grainInterface.IsInterface || !typeof(IAddressable).IsAssignableFrom(grainInterface))
        {
            throw new ArgumentException($"{grainInterface} is not a grain interface.", nameof(grainInterface));
        }

        lock (Gate)
        {
            return BuildReference(grainInterface);
        }
    }

    private static Func<EngineCore, GrainId, GrainReference> BuildReference(Type grainInterface)
    {
        var type = Module.DefineClass($"{grainInterface.FullName}.Reference", typeof(GrainReference));
        Module.Open(grainInterface);
        type.AddInterfaceImplementation(grainInterface);
        var interfaceType = type.DefineField("Interface", typeof(GrainInterfaceType), FieldAttributes.Public | FieldAttributes.Static);
        var constructor = DefineConstructor(type, interfaceType);
        DefineCreate(type, constructor);
        foreach (var method in grainInterface.GetInterfaces().Append(grainInterface).SelectMany(one => one.GetMethods()).Where(one => one.IsAbstract))
        {
            DefineMethod(type, method);
        }

        var built = type.CreateType();
        built.GetField("Interface")!.SetValue(null, GrainInterfaceType.Create(grainInterface.FullName!));
        return built.GetMethod("Create")!.CreateDelegate<Func<EngineCore, GrainId, GrainReference>>();
    }

    private static ConstructorBuilder DefineConstructor(TypeBuilder type, FieldBuilder interfaceType)
    {
        Type[] parameters = [typeof(EngineCore), typeof(GrainId)];
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, parameters);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldsfld, interfaceType);
        il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single());
        il.Emit(OpCodes.Ret);
        return constructor;
    }

    private static void DefineCreate(TypeBuilder type, ConstructorBuilder constructor)
    {
        var create = type.DefineMethod(
            "Create", MethodAttributes.Public | MethodAttributes.Static, typeof(GrainReference), [typeof(EngineCore), typeof(GrainId)]);
        var il = create.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
    }

    private static void DefineMethod(TypeBuilder type, MethodInfo method)
    {
        var call = CallTypes.Build(Module, method);
        var parameters = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
        var body = type.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            parameters);
        var il = body.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, call.Type.GetConstructor([])!);
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Stfld, call.Type.GetField(CallTypes.FieldName(i))!);
        }

        il.Emit(OpCodes.Call, SendOf(call));
        if (method.ReturnType == typeof(void))
        {
            il.Emit(OpCodes.Pop);
        }
        else if (call.IsValueTask)
        {
            il.Emit(OpCodes.Newobj, method.ReturnType.GetConstructor([call.TaskType])!);
        }

        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(body, method);
    }

    private static MethodInfo SendOf(CallType call)
    {
        var sends = typeof(GrainReference).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(one => string.Equals(one.Name, nameof(GrainReference.Send), StringComparison.Ordinal));
        return call.Result is null
            ? sends.Single(one => !one.IsGenericMethod)
            : sends.Single(one => one.IsGenericMethod).MakeGenericMethod(call.Result);
    }
}
