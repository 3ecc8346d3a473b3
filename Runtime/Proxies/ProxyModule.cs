using System.Reflection;
using System.Reflection.Emit;

namespace JobForge.Runtime.Proxies;

/// <summary>The dynamic assembly of the emitted types, with access to the internals of the assemblies that it serves.</summary>
internal sealed class ProxyModule
{
    private readonly AssemblyBuilder _assembly =
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("JobForge.Runtime.Emitted"), AssemblyBuilderAccess.Run);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);
    private readonly ModuleBuilder _module;
    private readonly ConstructorInfo _accessAttribute;
    private int _count;

    public ProxyModule()
    {
        _module = _assembly.DefineDynamicModule("Emitted");
        _accessAttribute = DefineAccessAttribute();
        Open(typeof(ProxyModule));
    }

    public TypeBuilder DefineClass(string name, Type baseType) =>
        _module.DefineType($"{name}#{++_count}", TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class, baseType);

    /// <summary>Lets the emitted code use what is internal in the type's assembly and in those of its type arguments.</summary>
    public void Open(Type type)
    {
        if (_opened.Add(type.Assembly.GetName().Name!))
        {
            _assembly.SetCustomAttribute(new CustomAttributeBuilder(_accessAttribute, [type.Assembly.GetName().Name!]));
        }

        foreach (var inner in type.HasElementType ? [type.GetElementType()!] : type.GenericTypeArguments)
        {
            Open(inner);
        }
    }

    /// <summary>The runtime knows the attribute by its name only, and no assembly of the framework declares it.</summary>
    private ConstructorInfo DefineAccessAttribute()
    {
        var type = _module.DefineType(
            "System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute", TypeAttributes.Public | TypeAttributes.Class, typeof(Attribute));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(string)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, typeof(Attribute).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single());
        il.Emit(OpCodes.Ret);
        return type.CreateType().GetConstructor([typeof(string)])!;
    }
}
